// Opens and closes native dialogs for the whole page: data-opens="id", data-closes, a click beside the dialog, Escape.
// A dialog with data-loads opens when htmx has put content into it, and closes at a `close-dialog` event.
import { Controller } from "@hotwired/stimulus"
import { lookAtWrong } from "./wrong_field.js"

export default class extends Controller {
  connect() {
    this.click = (event) => this.clicked(event)
    this.swapped = ({ target }) => open(target.closest?.("dialog[data-loads]"))
    this.close = () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close())
    document.addEventListener("click", this.click)
    document.addEventListener("htmx:afterSwap", this.swapped)
    document.addEventListener("close-dialog", this.close)
    document.querySelectorAll("dialog[data-open-now]").forEach(open)
  }

  disconnect() {
    document.removeEventListener("click", this.click)
    document.removeEventListener("htmx:afterSwap", this.swapped)
    document.removeEventListener("close-dialog", this.close)
  }

  clicked({ target }) {
    const opener = target.closest("[data-opens]")
    if (opener) open(document.getElementById(opener.dataset.opens))
    else if (target.closest("[data-closes]")) target.closest("dialog")?.close()
    else if (target.nodeName === "DIALOG") target.close()
  }
}

function open(dialog) {
  if (!dialog || dialog.open) return
  dialog.showModal()
  lookAtWrong(dialog)
}
