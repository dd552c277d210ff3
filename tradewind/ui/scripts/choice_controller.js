// One file of a list that a dialog shows: chosen, it is told to the page (dropzone#ask hears it), and the dialog
// closes.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static values = { file: Object }

  choose() {
    document.dispatchEvent(new CustomEvent("file:chosen", { detail: this.fileValue }))
    this.element.closest("dialog").close() // only this one: it may lie over a drawer in which the message is written
  }
}
