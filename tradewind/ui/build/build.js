// Builds tradewind/ui/dist from styles, scripts and templates: `npm run build`, or `npm run watch` while working.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { fileURLToPath } from "node:url"
import esbuild from "esbuild"
import { buildFonts } from "./fonts.js"
import { buildSprite } from "./sprite.js"

const HERE = path.dirname(fileURLToPath(import.meta.url))
const UI = path.dirname(HERE)
const ROOT = path.resolve(UI, "../..")
const DIST = path.join(UI, "dist")
const watch = process.argv.includes("--watch")

const paths = { root: ROOT, ui: UI, dist: DIST, modules: path.join(ROOT, "node_modules") }

await rm(DIST, { recursive: true, force: true })
await mkdir(DIST, { recursive: true })
const [fontFaces] = await Promise.all([buildFonts(paths), buildSprite(paths), buildScripts(), watch ? null : buildStyles()])
if (watch) await writeFile(path.join(DIST, "app.css"), "")
await finishStyles(fontFaces)
await copyFile(path.join(HERE, "icon.svg"), path.join(DIST, "icon.svg"))
await writeManifest()
if (watch) await buildStyles()

function buildStyles() {
  const cli = path.join(paths.modules, "@tailwindcss/cli/dist/index.mjs")
  const args = [cli, "-i", path.join(UI, "styles/app.css"), "-o", path.join(DIST, "app.css"), watch ? "--watch" : "--minify"]
  return new Promise((resolve, reject) => {
    let said = ""
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["inherit", "inherit", watch ? "inherit" : "pipe"] })
    child.stderr?.on("data", (part) => (said += part))
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`The stylesheet does not build.\n${said}`))))
  })
}

async function buildScripts() {
  const options = {
    entryPoints: [path.join(UI, "scripts/app.js"), path.join(UI, "scripts/charts.js")],
    outdir: DIST,
    bundle: true,
    minify: !watch,
    format: "esm",
    target: "es2022",
    legalComments: "eof",
    logLevel: "warning",
  }
  if (!watch) return esbuild.build(options)
  const context = await esbuild.context(options)
  await context.watch()
}

/* Font faces go in front, in a file of their own, so that watching the styles does not lose them. */
async function finishStyles(fontFaces) {
  await writeFile(path.join(DIST, "fonts.css"), fontFaces)
}

/* {"app.css": "3f9a…"}: what the `asset` tag puts behind an address, so that a new build is fetched at once. */
async function writeManifest() {
  const names = (await readdir(DIST)).filter((name) => /\.(css|js|svg)$/.test(name)).sort()
  const entries = names.map(async (name) => [name, createHash("sha256").update(await readFile(path.join(DIST, name))).digest("hex").slice(0, 10)])
  await writeFile(path.join(DIST, "manifest.json"), JSON.stringify(Object.fromEntries(await Promise.all(entries)), null, 1))
}
