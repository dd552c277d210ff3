// While something is held down, no part of a live page is exchanged: the click would be lost with its element.
// What was left undone is asked for again as soon as the finger is up.
import htmx from "htmx.org"

const late = new Map()
let isHeld = false

addEventListener("pointerdown", () => (isHeld = true), true)
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, letGo, true)
addEventListener("blur", letGo) // of the window; fields lose the focus while they are pressed, too
// A list or menu of the system may keep the end of the press to itself: then the pointer moves on with nothing held.
addEventListener("pointermove", ({ buttons }) => isHeld && !buttons && letGo(), true)

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const news = detail.requestConfig.triggeringEvent?.type
  if (!isHeld || !news?.startsWith("sse:")) return
  detail.shouldSwap = false
  late.set(detail.requestConfig.elt, news)
})

function letGo() {
  isHeld = false
  setTimeout(catchUp)   // after the click, which may lead elsewhere
}

function catchUp() {
  if (isHeld) return
  for (const [element, news] of late) if (element.isConnected) htmx.trigger(element, news)
  late.clear()
}
