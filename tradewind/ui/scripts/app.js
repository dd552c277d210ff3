// Entry of the console's scripts. Pages bring behaviour by data-controller; nothing is written inline.
import { Application } from "@hotwired/stimulus"
import "./htmx.js"
import "./early.js"
import ChartController from "./chart_controller.js"
import ChoiceController from "./choice_controller.js"
import CopyController from "./copy_controller.js"
import DialogsController from "./dialogs_controller.js"
import DropzoneController from "./dropzone_controller.js"
import LiveController from "./live_controller.js"
import MenuController from "./menu_controller.js"
import PaletteController from "./palette_controller.js"
import PasskeyController from "./passkey_controller.js"
import PicksController from "./picks_controller.js"
import RowsController from "./rows_controller.js"
import ShortcutsController from "./shortcuts_controller.js"
import ThemeController from "./theme_controller.js"
import TimeController from "./time_controller.js"
import ToastsController from "./toasts_controller.js"
import UploadController from "./upload_controller.js"

const application = Application.start()
application.register("chart", ChartController)
application.register("choice", ChoiceController)
application.register("copy", CopyController)
application.register("dialogs", DialogsController)
application.register("dropzone", DropzoneController)
application.register("live", LiveController)
application.register("menu", MenuController)
application.register("palette", PaletteController)
application.register("passkey", PasskeyController)
application.register("picks", PicksController)
application.register("rows", RowsController)
application.register("shortcuts", ShortcutsController)
application.register("theme", ThemeController)
application.register("time", TimeController)
application.register("toasts", ToastsController)
application.register("upload", UploadController)
