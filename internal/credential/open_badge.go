package credential

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Contexts and schema that a credential names.
const (
	contextVC = "https://www.w3.org/ns/credentials/v2"
	contextOB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	contextEx = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json" // knows the kind of the schema
	schemaOB  = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)

// both writes a text in both languages into one line: a badge has one name only.
func both(t i18n.Text) string {
	if t.EN == "" || t.EN == t.UK {
		return t.UK
	}
	return t.UK + " / " + t.EN
}

// demoMark stands before every name that a demo puts into a credential.
var demoMark = i18n.Text{UK: "ДЕМОНСТРАЦІЯ", EN: "DEMONSTRATION"}

// titled is a name inside a credential, marked in a demo.
func (s *Service) titled(t i18n.Text) string {
	if s.cfg.Demo {
		return both(demoMark) + ": " + both(t)
	}
	return both(t)
}

// notCyfrogram says what the document is not.
var notCyfrogram = i18n.Text{UK: "Це підтвердження міста, не Цифрограм.", EN: "This is a confirmation by the city, not Cyfrogram."}

// achievement is what a badge says to machines.
func (s *Service) achievement(site string, b *badge.Badge) object {
	at := site + "/badges/" + b.Slug
	kind := map[badge.Kind]string{badge.Course: "Course", badge.Level: "Certification", badge.Taken: "Assessment"}[b.Kind]
	var aligned []object
	for _, id := range b.Competences {
		aligned = append(aligned, object{"type": []string{"Alignment"}, "targetCode": id, "targetName": both(s.cfg.Catalogue.CompetenceTitle(id)),
			"targetUrl": site + "/framework#" + id, "targetFramework": "Рамка цифрової компетентності громадян України / Digital Competence Framework for Citizens of Ukraine"})
	}
	a := object{"id": at, "type": []string{"Achievement"}, "achievementType": kind, "name": s.titled(b.Title),
		"description": both(b.Description) + " " + both(notCyfrogram), "criteria": object{"id": at, "narrative": both(b.Criteria)},
		"image":   object{"id": at + "/image.png", "type": "Image", "caption": both(b.Title)},
		"version": strconv.Itoa(b.Version), "inLanguage": i18n.Ukrainian}
	if len(aligned) > 0 {
		a["alignment"] = aligned
	}
	if b.Kind == badge.Level {
		a["resultDescription"] = []object{{"id": at + "#level", "type": []string{"ResultDescription"}, "name": "Рівень / Level",
			"resultType": "Result", "allowedValue": lesson.Levels}}
	}
	return a
}

// Achievement is the public description of a badge as JSON-LD. Errors: NotFound,
// Unavailable "credential.no_address".
func (s *Service) Achievement(slug string) (text []byte, err error) {
	defer fault.Wrap(&err, "credential.Achievement")
	b, err := s.cfg.Catalogue.Badge(slug)
	if err != nil {
		return nil, err
	}
	site, did, err := s.address()
	if err != nil {
		return nil, err
	}
	a := s.achievement(site, b)
	a["@context"], a["creator"] = []string{contextVC, contextOB}, s.profile(site, did)
	return canonical(a)
}

func (s *Service) profile(site, did string) object {
	return object{"id": did, "type": []string{"Profile"}, "name": s.titled(s.cfg.Issuer), "url": site}
}

// subjectOf is a name of the holder that leads nowhere: it follows from the credential
// alone, so that two credentials of one person do not lead to each other.
func subjectOf(id string) string {
	sum := sha256.Sum256([]byte("credential-subject:" + id))
	u := uuid.UUID(sum[:16])
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80 // version 8, variant of RFC 9562
	return "urn:uuid:" + u.String()
}

// unsigned is the credential of a view without a proof.
func (s *Service) unsigned(v *View, site, did string) object {
	b := &badge.Badge{Slug: v.Badge, Version: v.Version, Kind: v.Kind, Title: v.Title, Description: v.Description, Criteria: v.Criteria, Competences: v.Competences}
	subject := object{"id": subjectOf(v.ID), "type": []string{"AchievementSubject"}, "activityEndDate": stamp(v.At.Time), "achievement": s.achievement(site, b)}
	if v.Named && v.Who != "" {
		subject["identifier"] = []object{{"type": "IdentityObject", "identityType": "name", "hashed": false, "identityHash": v.Who}}
	}
	if v.Level != "" {
		subject["result"] = []object{{"type": []string{"Result"}, "value": v.Level, "resultDescription": site + "/badges/" + v.Badge + "#level"}}
	}
	at := listAddress(site, v.List)
	return object{
		"@context": []string{contextVC, contextOB, contextEx}, "id": site + "/verify/" + v.ID,
		"type": []string{"VerifiableCredential", "OpenBadgeCredential"}, "name": s.titled(v.Title),
		"issuer": s.profile(site, did), "validFrom": stamp(v.Made.Time), "awardedDate": stamp(v.At.Time), "credentialSubject": subject,
		"credentialStatus": object{"id": at + "#" + strconv.Itoa(v.Slot), "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
			"statusListIndex": strconv.Itoa(v.Slot), "statusListCredential": at},
		"credentialSchema": []object{{"id": schemaOB, "type": "1EdTechJsonSchemaValidator2019"}},
	}
}

// Signed is the credential as JSON-LD with its proof. Asking twice gives the same bytes
// until what it says or the key changes. Errors: NotFound, Unavailable
// "credential.no_address".
func (s *Service) Signed(ctx context.Context, id string) (text []byte, err error) {
	defer fault.Wrap(&err, "credential.Signed")
	err = s.prove(ctx, id, func(doc object, did string, v *View, k *key, with signing) error {
		text, err = sign(doc, did+"#"+k.ID, with.private, with.at)
		return err
	})
	return text, err
}

// JWT is the credential as a VC-JWT. Errors: as Signed.
func (s *Service) JWT(ctx context.Context, id string) (text string, err error) {
	defer fault.Wrap(&err, "credential.JWT")
	err = s.prove(ctx, id, func(doc object, did string, v *View, k *key, with signing) error {
		text, err = signJWT(doc, did+"#"+k.ID+jwkSuffix, with.private, did, subjectOf(v.ID), v.Made.Time)
		return err
	})
	return text, err
}

// signing is what a proof is made with: at is when the credential or the key came to be,
// whichever is later.
type signing struct {
	private ed25519.PrivateKey
	at      time.Time
}

func (s *Service) prove(ctx context.Context, id string, do func(object, string, *View, *key, signing) error) error {
	v, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	site, did, err := s.address()
	if err != nil {
		return err
	}
	k, private, err := s.signer(ctx)
	if err != nil {
		return err
	}
	at := v.Changed.Time
	if k.Made.After(at) {
		at = k.Made.Time
	}
	return do(s.unsigned(v, site, did), did, v, k, signing{private, at})
}

// PNG is the badge's picture with the signed credential in it. Errors: as Signed.
func (s *Service) PNG(ctx context.Context, id string) ([]byte, error) {
	return s.baked(ctx, id, func(_, png, signed []byte) ([]byte, error) { return BakePNG(png, signed) })
}

// SVG is the badge's drawing with the signed credential in it. Errors: as Signed.
func (s *Service) SVG(ctx context.Context, id string) ([]byte, error) {
	return s.baked(ctx, id, func(svg, _, signed []byte) ([]byte, error) { return BakeSVG(svg, signed) })
}

func (s *Service) baked(ctx context.Context, id string, bake func(svg, png, signed []byte) ([]byte, error)) (out []byte, err error) {
	defer fault.Wrap(&err, "credential.bake")
	v, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	signed, err := s.Signed(ctx, id)
	if err != nil {
		return nil, err
	}
	svg, png, err := s.cfg.Catalogue.BadgeArt(v.Art)
	if err != nil {
		return nil, err
	}
	return bake(svg, png, signed)
}
