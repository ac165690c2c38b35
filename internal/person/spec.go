package person

import "osvitlo/internal/store"

// Indexes of this package's collections.
const (
	indexTerms   = "terms"
	indexPlaces  = "places"
	indexKey     = "key"
	indexSeen    = "seen"
	indexExpires = "expires"
	indexPerson  = "person"
	indexHolds   = "holds"
	indexOpen    = "open"
	indexPlace   = "place"
)

var (
	byPerson  = store.Index{Name: indexPerson, Fields: []string{"person"}}
	byExpires = store.Index{Name: indexExpires, Fields: []string{"expires"}}
)

// The collections. Terms and places of a person are keyed hashes and venue ids; no
// index holds a name, a phone or an address.
var (
	peopleSpec = store.Spec{Name: "people", Indexes: []store.Index{
		{Name: indexTerms, Fields: []string{"terms"}, Array: true},
		{Name: indexPlaces, Fields: []string{"places"}, Array: true},
		{Name: indexKey, Fields: []string{"key"}},
		{Name: indexSeen, Fields: []string{"seen"}},
		byExpires,
	}}
	claimSpec   = store.Spec{Name: "person_claims", Indexes: []store.Index{byPerson}}
	accountSpec = store.Spec{Name: "person_accounts", Indexes: []store.Index{
		{Name: indexHolds, Fields: []string{"holds"}, Array: true},
	}}
	consentSpec = store.Spec{Name: "person_consents", Indexes: []store.Index{
		{Name: indexPerson, Fields: []string{"person", "n"}},
	}}
	cardSpec    = store.Spec{Name: "person_cards", Indexes: []store.Index{byPerson}}
	secretSpec  = store.Spec{Name: "person_secrets", Indexes: []store.Index{byPerson}}
	ticketSpec  = store.Spec{Name: "person_tickets", Indexes: []store.Index{byPerson, byExpires}}
	codeSpec    = store.Spec{Name: "person_codes", Indexes: []store.Index{byExpires}}
	sessionSpec = store.Spec{Name: "sessions", Indexes: []store.Index{byPerson, byExpires}}
	tokenSpec   = store.Spec{Name: "access_tokens", Indexes: []store.Index{
		{Name: indexPlace, Fields: []string{"place"}}, byExpires,
	}}
	pairSpec = store.Spec{Name: "person_pairs", Indexes: []store.Index{
		{Name: indexOpen, Fields: []string{"state", "score"}},
		{Name: indexPerson, Fields: []string{"people"}, Array: true},
	}}
	mergeSpec = store.Spec{Name: "person_merges", Indexes: []store.Index{
		byPerson, byExpires, {Name: indexOpen, Fields: []string{"state"}},
	}}
	receiptSpec = store.Spec{Name: "person_receipts"}
	reportSpec  = store.Spec{Name: "retention_reports", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec {
	return []store.Spec{peopleSpec, claimSpec, accountSpec, consentSpec, cardSpec, secretSpec, ticketSpec, codeSpec,
		sessionSpec, tokenSpec, pairSpec, mergeSpec, receiptSpec, reportSpec}
}
