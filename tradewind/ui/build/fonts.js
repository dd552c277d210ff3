// Copies the variable fonts and returns their @font-face rules, with addresses that fit dist/.
import { copyFile, mkdir, readFile } from "node:fs/promises"
import path from "node:path"

const FAMILIES = ["inter", "noto-sans-arabic", "noto-sans-thai"]

export async function buildFonts({ modules, dist }) {
  await mkdir(path.join(dist, "fonts"), { recursive: true })
  const rules = await Promise.all(FAMILIES.map((family) => copyFamily(path.join(modules, "@fontsource-variable", family), dist)))
  return rules.join("\n")
}

async function copyFamily(folder, dist) {
  const css = await readFile(path.join(folder, "index.css"), "utf8")
  const files = [...css.matchAll(/url\(\.\/files\/([\w.-]+\.woff2)\)/g)].map((match) => match[1])
  if (files.length === 0) throw new Error(`No font files are named in ${folder}/index.css.`)
  await Promise.all(files.map((file) => copyFile(path.join(folder, "files", file), path.join(dist, "fonts", file))))
  return css.replaceAll("url(./files/", "url(./fonts/")
}
