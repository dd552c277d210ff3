// A large file is sent in pieces with its progress; without scripts the form sends it whole.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["file", "bar", "button", "problem"]
  static values = { begin: String, size: Number }

  async send(event) {
    const file = this.fileTarget.files[0]
    if (!file) return
    event.preventDefault()
    this.problemTarget.hidden = true
    this.buttonTarget.disabled = true
    this.barTarget.hidden = false
    try {
      window.location.assign(await this.sendPieces(file))
    } catch (problem) {
      this.problemTarget.textContent = problem.message
      this.problemTarget.hidden = false
      this.buttonTarget.disabled = false
      this.barTarget.hidden = true
    }
  }

  async sendPieces(file) {
    const form = new FormData()
    form.append("name", file.name)
    const { piece } = await this.post(this.beginValue, form)
    for (let start = 0, place = 0; start < file.size; start += this.sizeValue, place += 1) {
      await this.post(`${piece}?place=${place}`, file.slice(start, start + this.sizeValue))
      this.barTarget.value = Math.min(100, ((start + this.sizeValue) / file.size) * 100)
    }
    const { next } = await this.post(`${piece}?last=1`, "")
    return next
  }

  async post(address, body) {
    const token = this.element.querySelector("[name=csrfmiddlewaretoken]").value
    const headers = { "X-CSRFToken": token }
    if (!(body instanceof FormData)) headers["Content-Type"] = "application/octet-stream"
    const answer = await fetch(address, { method: "POST", body, headers })
    const said = await answer.json().catch(() => ({}))
    if (!answer.ok) throw new Error(said.problem || `${answer.status} ${answer.statusText}`)
    return said
  }
}
