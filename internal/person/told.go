package person

import (
	"context"
	"fmt"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/notify"
)

// Texter queues short messages to telephones. notify.Post is one.
type Texter interface {
	QueueSMS(ctx context.Context, m notify.SMS) error
	SMSReady() bool
}

// change is what became of the ways into an account.
type change string

// The changes that the person is told about.
const (
	newPasskey  change = "passkey"
	newCard     change = "card"
	newEmail    change = "email"
	newTOTP     change = "totp"
	newIdentity change = "identity"
	wayGone     change = "gone"
	factorsGone change = "reset"
)

var changeWords = map[change]i18n.Text{
	newPasskey:  both("додано ключ входу", "a passkey was added"),
	newCard:     both("видано картку, старі більше не діють", "a card was issued, older ones no longer work"),
	newEmail:    both("змінено електронну адресу", "the e-mail address was changed"),
	newTOTP:     both("додано застосунок із кодами", "an authenticator app was added"),
	newIdentity: both("додано вхід через службу", "sign-in through a service was added"),
	wayGone:     both("прибрано один зі способів входу", "a way in was removed"),
	factorsGone: both("прибрано ключі входу та застосунок із кодами", "passkeys and the authenticator app were removed"),
}

// tell writes to the person that the ways into the account changed: to the proved
// address, or else to the telephone that is theirs alone. also are further addresses,
// such as the one before the change. act is what happened, so that one act is told
// once. The change stands whether or not the message could be queued.
func (s *Service) tell(ctx context.Context, id ID, what change, act string, also ...string) {
	if err := s.queueTold(ctx, id, what, act, also); err != nil {
		s.log.WarnContext(ctx, "a change of ways in could not be told", "change", string(what), "error", err.Error())
	}
}

// tellLife is how long such a message waits for a server.
const tellLife = 48 * time.Hour

func (s *Service) queueTold(ctx context.Context, id ID, what change, act string, also []string) (err error) {
	defer fault.Wrap(&err, "person.tell")
	mail := s.cfg.Mail != nil && s.cfg.Mail.Ready()
	texts := s.cfg.Texts != nil && s.cfg.Texts.SMSReady()
	if !mail && !texts {
		return nil
	}
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	p, err := s.unseal(r)
	if err != nil {
		return err
	}
	now := s.now()
	addresses := map[string]bool{}
	if p.EmailProved && p.Email != "" {
		addresses[p.Email] = true
	}
	for _, a := range also {
		if a != "" {
			addresses[a] = true
		}
	}
	name := "told:" + mac(s.flowKey, "told", string(what), act)[:32]
	if mail && len(addresses) > 0 {
		subject, text := s.toldMail(r.Lang, what, now)
		for to := range addresses {
			m := notify.Mail{ID: name + ":" + mac(s.flowKey, "told to", to)[:8], To: to, Subject: subject, Text: text, Lang: r.Lang, Expires: now.Add(tellLife)}
			if err := s.cfg.Mail.Queue(ctx, m); err != nil {
				return err
			}
		}
		return nil
	}
	if texts && p.Phone != "" && !p.PhoneShared {
		return s.cfg.Texts.QueueSMS(ctx, notify.SMS{ID: name, To: p.Phone, Text: s.toldSMS(r.Lang, what), Lang: r.Lang, Expires: now.Add(tellLife)})
	}
	return nil
}

// toldMail has no link and no name: it may be read by others.
func (s *Service) toldMail(lang string, what change, now time.Time) (subject, text string) {
	when := now.In(i18n.Kyiv).Format("02.01.2006, 15:04")
	contact := s.cfg.Notice.Contact
	if lang == i18n.English {
		text = fmt.Sprintf("In your Osvitlo account %s.\nWhen: %s.\n\nIf it was you, do nothing.\nIf it was not you, tell a mentor or the city at once", changeWords[what].EN, when)
		if contact != "" {
			text += ": " + contact
		}
		return "The ways into your account changed", text + ".\nNobody will ask you for codes, pictures or words of a card.\n"
	}
	text = fmt.Sprintf("У вашому рахунку «Освітло» %s.\nКоли: %s.\n\nЯкщо це були ви, нічого не робіть.\nЯкщо не ви, одразу скажіть ментору або місту", changeWords[what].UK, when)
	if contact != "" {
		text += ": " + contact
	}
	return "Вхід до вашого рахунку змінено", text + ".\nНіхто не питатиме у вас коди, картинки чи слова картки.\n"
}

func (s *Service) toldSMS(lang string, what change) string {
	if lang == i18n.English {
		return fmt.Sprintf("Osvitlo: in your account %s. If it was not you, tell a mentor.", changeWords[what].EN)
	}
	return fmt.Sprintf("Освітло: у вашому рахунку %s. Якщо це не ви, скажіть ментору.", changeWords[what].UK)
}
