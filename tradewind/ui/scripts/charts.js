// Charts speak the theme's language: colours come from the tokens, so light, dark and print stay one design.
import * as echarts from "echarts/core"
import { BarChart, LineChart } from "echarts/charts"
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components"
import { CanvasRenderer } from "echarts/renderers"

echarts.use([BarChart, LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer])

const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true })

/* ECharts cannot parse oklch(); the browser can, so it does the translation. "--line/0.5" is half transparent. */
function token(name) {
  const [variable, alpha = "1"] = name.split("/")
  probe.clearRect(0, 0, 1, 1)
  probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(variable).trim()
  probe.fillRect(0, 0, 1, 1)
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data
  return `rgba(${r},${g},${b},${alpha})`
}

/* A copy of the option in which every string that names a token has become its colour. */
function coloured(option) {
  if (typeof option === "string") return option.startsWith("--") ? token(option) : option
  if (Array.isArray(option)) return option.map(coloured)
  if (option && typeof option === "object") return Object.fromEntries(Object.entries(option).map(([key, value]) => [key, coloured(value)]))
  return option
}

const text = () => ({ color: token("--muted"), fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily })

const axis = (own) => ({
  axisLine: { show: false }, axisTick: { show: false }, axisLabel: text(),
  splitLine: { lineStyle: { color: token("--line") } }, ...own,
})

/* `make` is asked again when the theme changes, so that every colour is read afresh. */
export function draw(element, make) {
  const chart = echarts.init(element, null, { renderer: "canvas" })
  const paint = () => chart.setOption(finished(coloured(make())), true)
  const theme = new MutationObserver(paint)
  const system = matchMedia("(prefers-color-scheme: dark)")
  const size = new ResizeObserver(() => chart.resize())
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] })
  system.addEventListener("change", paint)
  size.observe(element)
  paint()
  return { paint, dispose: () => [theme.disconnect(), size.disconnect(), system.removeEventListener("change", paint), chart.dispose()] }
}

function finished(option) {
  return {
    animation: false, textStyle: text(), grid: { left: 52, right: 20, top: 12, bottom: 26 }, ...option,
    xAxis: axis(option.xAxis), yAxis: axis(option.yAxis),
  }
}
