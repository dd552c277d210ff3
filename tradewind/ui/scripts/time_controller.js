// Waits that grow or shrink while one looks: <time data-controller="time" data-time-at-value="…" data-time-kind-value="since">.
// The server wrote the first text; the clock is the server's, which in a demo runs faster than the wall's.
import { Controller } from "@hotwired/stimulus"

const MINUTE = 60000
const STEP_MS = 15000

export default class extends Controller {
  static values = { at: Number, kind: String }

  connect() {
    this.timer = setInterval(() => this.show(), STEP_MS)
  }

  disconnect() {
    clearInterval(this.timer)
  }

  show() {
    const distance = this.kindValue === "until" ? this.atValue - now() : now() - this.atValue
    this.element.textContent = inWords(Math.max(distance, 0))
  }
}

const loaded = Date.now()

function now() {
  const { now, speed } = document.body.dataset
  return Number(now) + (Date.now() - loaded) * Number(speed)
}

/* 9 min · 2 h 4 min · 3 days: the same rule as the `duration` filter. */
function inWords(milliseconds) {
  const units = JSON.parse(document.body.dataset.units)
  const minutes = Math.floor(milliseconds / MINUTE)
  if (minutes < 1) return units.seconds.replace("0", Math.floor(milliseconds / 1000))
  if (minutes < 60) return units.minutes.replace("0", minutes)
  if (minutes < 1440) return hours(units, minutes)
  return days(units, Math.floor(minutes / 1440))
}

function hours(units, minutes) {
  const whole = units.hours.replace("0", Math.floor(minutes / 60))
  return minutes % 60 ? `${whole} ${units.minutes.replace("0", minutes % 60)}` : whole
}

function days(units, count) {
  const form = new Intl.PluralRules(document.documentElement.lang).select(count)
  return (units.days[form] ?? units.days.other).replace("0", count)
}
