// Makes and asks for passkeys. On a form with a hidden field `credential`; the act is a button's:
//   passkey#create   makes a key by data-passkey-options-value (what the server offers)
//   passkey#use      proves with one; without options they are fetched from data-passkey-address-value first
// Where the browser knows no passkeys, `passkey` parts stay hidden (they come with `hidden`).
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["part", "credential", "alone", "problem"]
  static values = { options: Object, address: String }

  connect() {
    if (!window.PublicKeyCredential || !window.isSecureContext) return
    for (const part of this.partTargets) part.hidden = false
  }

  async create(event) {
    event.preventDefault()
    if (!this.element.reportValidity()) return
    await this.attempt(async () => {
      const asked = creation(this.optionsValue.publicKey)
      if (this.hasAloneTarget && this.aloneTarget.querySelector("input").checked) {
        asked.authenticatorSelection = { ...asked.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" }
      }
      return navigator.credentials.create({ publicKey: asked })
    })
  }

  async use(event) {
    event.preventDefault()
    await this.attempt(async () => {
      const options = this.addressValue ? await this.fetched() : this.optionsValue
      return navigator.credentials.get({ publicKey: request(options.publicKey) })
    })
  }

  async fetched() {
    const answer = await fetch(this.addressValue, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } })
    if (!answer.ok) throw new Error(`${answer.status}`)
    return (await answer.json()).request_options
  }

  /* The person may say no, or the key may not fit: the page says so and stays. */
  async attempt(ceremony) {
    this.problemTarget.hidden = true
    try {
      this.credentialTarget.value = JSON.stringify(said(await ceremony()))
    } catch {
      this.problemTarget.hidden = false
      return
    }
    this.element.submit()
  }
}

function creation(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(known),
  }
}

function request(options) {
  return { ...options, challenge: bytes(options.challenge), allowCredentials: (options.allowCredentials ?? []).map(known) }
}

function known(credential) {
  return { ...credential, id: bytes(credential.id) }
}

/* What a key has said, as the server reads it. */
function said(credential) {
  const { response } = credential
  const parts = {}
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = letters(response[name])
  }
  if (response.getTransports) parts.transports = response.getTransports()
  return {
    type: credential.type,
    id: credential.id,
    rawId: letters(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: parts,
  }
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

function letters(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
