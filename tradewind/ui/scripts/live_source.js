// An event source that forgets nothing and never hurries a page: it asks for what it missed, and it lets an element
// hear of the same kind of news at most every PACE milliseconds, the last one always.
const PACE = 250

const lastIds = new Map()

/* Called by the htmx extension for each new connection; a browser's own reconnection sends Last-Event-ID by itself. */
export function openSource(address) {
  const url = new URL(address, document.baseURI)
  const last = lastIds.get(address)
  if (last) url.searchParams.set("last_event_id", last)
  return new LiveSource(url, address)
}

class LiveSource extends EventSource {
  #paced = new Map()
  #address

  constructor(url, address) {
    super(url)
    this.#address = address
    super.addEventListener("over", () => this.lookWhereWeStand())
  }

  /* The browser comes back by itself after a stream has ended, which it does every few minutes: news, but no error. */
  set onerror(handler) {
    super.onerror = (event) => {
      if (this.readyState !== EventSource.CONNECTING) {
        this.lookWhereWeStand()
        return handler(event)
      }
      document.dispatchEvent(new CustomEvent("live:gap", { detail: { address: this.#address } }))
    }
  }

  /* The stream has thrown us out: when the page itself is closed to us now, show what it says. */
  async lookWhereWeStand() {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" } }).catch(() => null)
    if (answer?.status === 401 || answer?.status === 403) location.reload()
  }

  addEventListener(name, listener) {
    const slow = paced((event) => {
      if (event.lastEventId) lastIds.set(this.#address, event.lastEventId)
      listener(event)
    })
    this.#paced.set(listener, slow)
    super.addEventListener(name, slow)
  }

  removeEventListener(name, listener) {
    super.removeEventListener(name, this.#paced.get(listener) ?? listener)
    this.#paced.delete(listener)
  }
}

function paced(listener) {
  let waiting = null
  let timer = null
  const run = () => {
    timer = null
    if (!waiting) return
    const event = waiting
    waiting = null
    timer = setTimeout(run, PACE)
    listener(event)
  }
  return (event) => {
    waiting = event
    if (!timer) run()
  }
}
