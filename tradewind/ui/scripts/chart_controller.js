// Draws an ECharts option that the server wrote: data-chart-src-value (the script), data-chart-option-value (JSON).
// Colours are named by token ("--color-primary"), so that both themes and a change between them work.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static values = { src: String, option: Object }

  async connect() {
    const { draw } = await import(this.srcValue)
    if (this.element.isConnected) this.chart = draw(this.element, () => this.optionValue)
  }

  optionValueChanged() {
    this.chart?.paint()
  }

  disconnect() {
    this.chart?.dispose()
  }
}
