// Rows ticked in a list: how many they are, all of the page at once, and everybody that matches instead of them.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["one", "all", "everybody", "sum"]

  connect() {
    this.count()
  }

  all() {
    for (const box of this.oneTargets) box.checked = this.allTarget.checked
  }

  count() {
    const chosen = this.oneTargets.filter(box => box.checked).length
    const everybody = this.hasEverybodyTarget && this.everybodyTarget.checked
    if (this.hasAllTarget) {
      this.allTarget.checked = chosen === this.oneTargets.length
      this.allTarget.indeterminate = chosen > 0 && chosen < this.oneTargets.length
    }
    const { one, many, all } = this.sumTarget.dataset
    this.sumTarget.textContent = everybody ? all : chosen === 1 ? one : many.replace("#", chosen)
  }
}
