// Light, dark, or as the system has it. The choice is kept in a cookie, so that the server renders it at once.
import { Controller } from "@hotwired/stimulus"

const YEAR = 31536000

export default class extends Controller {
  static targets = ["choice"]

  choose({ params: { name } }) {
    document.cookie = `tradewind_theme=${name};path=/;max-age=${YEAR};samesite=lax`
    if (name === "system") delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = `tradewind-${name}`
    for (const choice of document.querySelectorAll("[data-theme-name-param]")) {
      choice.setAttribute("aria-checked", String(choice.dataset.themeNameParam === name))
    }
  }
}
