// htmx with the event-stream extension. Its settings stand in the <meta name="htmx-config"> of ui/base.html.
import htmx from "htmx.org"
import "htmx-ext-sse"
import { openSource } from "./live_source.js"
import "./press.js"

htmx.createEventSource = openSource
window.htmx = htmx

export default htmx
