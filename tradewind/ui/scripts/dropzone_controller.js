// A place to drop a file on: it is sent at once, what became of it is shown, and the form keeps its reference.
// Without scripts the file goes with the form. Without a `kept` target it only takes files in.
import { Controller } from "@hotwired/stimulus"

let asking = "" // the field that a file is being chosen for: by its name, for the form may be drawn anew meanwhile

export default class extends Controller {
  static targets = ["input", "ref", "asItIs", "bar", "problem", "empty", "kept", "picture", "name", "facts", "advice"]
  static values = { url: String, kind: String, by: String } // `by`: a field of the form that says the kind

  connect() {
    this.chosen = ({ detail }) => this.refTarget.name === asking && this.take(detail)
    document.addEventListener("file:chosen", this.chosen)
  }

  disconnect() {
    document.removeEventListener("file:chosen", this.chosen)
  }

  // A dialog with files that are here already is about to open: what is chosen there is for this one.
  ask() {
    asking = this.refTarget.name
  }

  take(chosen) {
    this.file = null
    this.keep(chosen)
  }

  over(event) {
    event.preventDefault()
    this.element.dataset.over = ""
  }

  leave() {
    delete this.element.dataset.over
  }

  drop(event) {
    event.preventDefault()
    this.leave()
    this.send(event.dataTransfer.files[0])
  }

  choose() {
    this.send(this.inputTarget.files[0])
  }

  again() {
    if (this.file && this.refTarget.value) this.send(this.file)
  }

  remove() {
    this.file = null
    this.inputTarget.value = ""
    this.keep({ ref: "", url: "", name: "", facts: "", advice: "" })
  }

  send(file) {
    if (!file) return
    this.file = file
    const form = new FormData()
    form.append("file", file)
    form.append("wanted", this.kind)
    if (this.hasAsItIsTarget && this.asItIsTarget.checked) form.append("as_it_is", "1")
    const call = new XMLHttpRequest()
    call.open("POST", this.urlValue)
    call.responseType = "json"
    call.setRequestHeader("X-CSRFToken", this.token)
    call.upload.onprogress = ({ loaded, total }) => (this.barTarget.value = (loaded / total) * 100)
    call.onloadend = () => this.answered(call.status, call.response)
    this.problemTarget.hidden = true
    this.barTarget.value = 0
    this.barTarget.hidden = false
    call.send(form)
  }

  answered(status, told) {
    this.barTarget.hidden = true
    this.inputTarget.value = "" // it is sent already: the form need not carry it once more
    if (status === 200 && told) return this.keep(told)
    this.problemTarget.querySelector("span").textContent = told?.problem || this.problemTarget.dataset.lost
    this.problemTarget.hidden = false
  }

  keep({ ref, url, name, facts, advice }) {
    this.refTarget.value = ref
    this.problemTarget.hidden = true
    this.adviceTarget.textContent = advice
    this.adviceTarget.hidden = !advice
    if (this.hasKeptTarget) this.show({ ref, url, name, facts })
    this.refTarget.dispatchEvent(new Event("change", { bubbles: true }))
  }

  show({ ref, url, name, facts }) {
    this.nameTarget.textContent = name
    this.factsTarget.textContent = facts
    this.emptyTarget.hidden = Boolean(ref)
    this.keptTarget.hidden = !ref
    if (this.hasPictureTarget && url) this.pictureTarget.src = url
  }

  get kind() {
    return (this.byValue && this.element.closest("form").elements[this.byValue]?.value) || this.kindValue
  }

  get token() {
    return this.element.closest("form").querySelector("[name=csrfmiddlewaretoken]").value
  }
}
