package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
)

// Routes are the addresses of this package.
//
// What is about one's own session stands open and asks inside: the doors must answer
// whoever is half-way through them.
func (h *Handlers) Routes() []gate.Route {
	var list []gate.Route
	add := func(method, path string, need gate.Need, do func(*gin.Context) error) {
		list = append(list, gate.Route{Method: method, Path: path, Need: need, Do: do})
	}
	get := func(path string, need gate.Need, do func(*gin.Context) error) { add(http.MethodGet, path, need, do) }
	post := func(path string, need gate.Need, do func(*gin.Context) error) {
		add(http.MethodPost, path, need, do)
	}
	both := func(path string, need gate.Need, show, do func(*gin.Context) error) {
		get(path, need, show)
		post(path, need, do)
	}

	both("/sign-in", gate.Open, h.SignIn, h.ChooseDoor)
	get("/c", gate.Open, h.CardForm)
	both("/sign-in/card", gate.Open, h.CardForm, h.CardCode)
	both("/sign-in/card/secret", gate.Open, h.SecretForm, h.Secret)
	both("/sign-in/code", gate.Open, h.CodeForm, h.Code)
	both("/sign-in/code/check", gate.Open, h.CheckForm, h.Check)
	both("/sign-in/passkey", gate.Open, h.PasskeyForm, h.Passkey)
	post("/sign-in/passkey/begin", gate.Open, h.PasskeyBegin)
	both("/sign-in/device", gate.Open, h.Device, h.EnrolDevice)
	post("/sign-in/device/secret", gate.Open, h.DeviceSecret)
	both("/sign-in/link/:token", gate.Open, h.Link, h.UseLink)
	get("/sign-in/oidc/:id", gate.Open, h.Service)
	get("/sign-in/oidc/:id/callback", gate.Open, h.ServiceBack)
	both("/sign-in/factor", gate.Open, h.FactorForm, h.Factor)
	post("/sign-in/factor/passkey", gate.Open, h.FactorPasskey)
	both("/sign-in/again", gate.Open, h.AgainForm, h.Again)
	both("/sign-in/totp", gate.Open, h.TOTPForm, h.TOTP)
	get("/sign-in/bye", gate.Open, h.Bye)
	post("/sign-out", gate.Open, h.SignOut)

	both("/register", gate.Open, h.RegisterForm, h.Register)
	get("/register/waiting", gate.Open, h.Waiting)
	get("/register/waiting/sheet", gate.Open, h.WaitingSheet)
	get("/guardian", gate.Open, h.GuardianDone)
	both("/guardian/:token", gate.Open, h.Guardian, h.GuardianConfirm)
	both("/join/:code", gate.Open, h.Join, h.Accept)
	both("/preferences", gate.Open, h.Preferences, h.SavePreferences)
	both("/receipts", gate.Open, h.ReceiptForm, h.Receipt)
	get("/me/help", gate.Open, h.Help)

	get("/me", gate.May(person.MeRead), h.Me)
	post("/me/sittings", gate.May(person.SittingAttach), h.AttachSitting)
	both("/me/contact", gate.May(person.MeEdit), h.ContactForm, h.Contact)
	get("/me/ways", gate.May(person.MeRead), h.Ways)
	post("/me/ways/ask", gate.May(person.MeSecrets), h.AskDrop)
	post("/me/ways/drop", gate.May(person.MeSecrets), h.Drop)
	both("/me/email", gate.May(person.MeSecrets), h.EmailForm, h.Email)
	both("/me/email/check", gate.May(person.MeSecrets), h.EmailCheckForm, h.EmailCheck)
	both("/me/passkeys", gate.May(person.MeSecrets), h.PasskeyAdd, h.PasskeyMake)
	post("/me/passkeys/begin", gate.May(person.MeSecrets), h.PasskeyMakeBegin)
	get("/me/devices", gate.May(person.MeDevices), h.Devices)
	post("/me/devices/end", gate.May(person.MeDevices), h.EndDevice)
	post("/me/devices/others", gate.May(person.MeDevices), h.EndOthers)
	post("/me/roles/ask", gate.May(person.MeRead), h.AskLeave)
	post("/me/roles/leave", gate.May(person.MeRead), h.Leave)
	post("/me/places/ask", gate.May(person.MeEdit), h.AskLeavePlace)
	post("/me/places/leave", gate.May(person.MeEdit), h.LeavePlace)
	get("/me/data", gate.May(person.MeExport), h.Data)
	get("/me/data/json", gate.May(person.MeExport), h.DataJSON)
	get("/me/data/csv", gate.May(person.MeExport), h.DataCSV)
	both("/me/consents", gate.May(person.MeConsent), h.Consents, h.Consent)
	both("/me/erase", gate.May(person.MeErase), h.EraseForm, h.Erase)
	return list
}
