package sitting

// Role is what an instrument is for in the index.
type Role string

// The roles.
const (
	RoleTest    Role = "test"    // gives a score; counted sittings are index rows
	RoleOffline Role = "offline" // people who do not use the internet; index rows without a score
	RoleSurvey  Role = "survey"  // never an index row
	RoleRound   Role = "round"   // of a round in institutions: never an index row, never a tally
)

// State tells whether a submitted sitting counts (CONTRACT §4, §5).
type State string

// The states of a submitted sitting.
const (
	Counted      State = "counted"       // in n and, by its class, in the weighted estimate
	Held         State = "held"          // over the admission bound; waits for an analyst
	Practice     State = "practice"      // purpose other than measurement, or no wave was open
	NotConsented State = "not_consented" // scored and shown, never counted, deleted after 30 days
	Unweightable State = "unweightable"  // in n and n_unweightable, out of the weighted estimate
	Excluded     State = "excluded"      // kept and counted apart; Reasons say why
)

// Sex as given; empty when refused or not asked.
type Sex string

// The sexes of the population margins.
const (
	Female Sex = "female"
	Male   Sex = "male"
)

// AgeGroup is one of the seven margin ages, under-14, or empty when unknown.
type AgeGroup string

// The age groups, youngest first.
const (
	AgeUnder14 AgeGroup = "under-14" // scored, never in the index
	Age14to17  AgeGroup = "14-17"
	Age18to29  AgeGroup = "18-29"
	Age30to39  AgeGroup = "30-39"
	Age40to49  AgeGroup = "40-49"
	Age50to59  AgeGroup = "50-59"
	Age60to69  AgeGroup = "60-69"
	Age70plus  AgeGroup = "70+"
)

// AgeGroups lists the seven groups of the margins, youngest first.
var AgeGroups = []AgeGroup{Age14to17, Age18to29, Age30to39, Age40to49, Age50to59, Age60to69, Age70plus}

// Broad is the coarse age of the last rung of the weighting ladder; empty when unknown.
// A person of 30–39 who gave no age in years has none: the group straddles the border at 35.
type Broad string

// The broad ages.
const (
	Broad14to34 Broad = "14-34"
	Broad35to59 Broad = "35-59"
	Broad60plus Broad = "60+"
)

// Broads lists the broad ages, youngest first.
var Broads = []Broad{Broad14to34, Broad35to59, Broad60plus}

// Mode is how the answers were collected.
type Mode string

// The modes.
const (
	ModeSelf   Mode = "self"
	ModeMentor Mode = "mentor"
	ModePaper  Mode = "paper"
	ModePhone  Mode = "phone"
)

// Internet tells whether the person used the internet in the last three months; empty when unknown.
type Internet string

// The answers.
const (
	InternetYes  Internet = "yes"
	InternetHelp Internet = "with-help"
	InternetNo   Internet = "no"
)

// Evidence tells how sure it is that a person of the population answered.
type Evidence string

// The kinds of evidence (CONTRACT §5).
const (
	EvidenceInvited Evidence = "invited"
	EvidenceVenue   Evidence = "venue"
	EvidenceAccount Evidence = "account"
	EvidenceOpen    Evidence = "open"
)

// Purpose is why the sitting was taken. Only measurement can be counted.
type Purpose string

// The purposes.
const (
	PurposeMeasurement Purpose = "measurement"
	PurposePractice    Purpose = "practice"
	PurposeCertificate Purpose = "certificate"
	PurposeProof       Purpose = "proof"
)

// Lives tells where the person lives now.
type Lives string

// The places of living.
const (
	LivesCommunity Lives = "community"
	LivesElsewhere Lives = "elsewhere-ua"
	LivesAbroad    Lives = "abroad"
	LivesRefused   Lives = "refused"
)

// Disposition is how far the sitting went (DESIGN §9).
type Disposition string

// The dispositions.
const (
	Draft    Disposition = ""          // still being answered
	Complete Disposition = "complete"  // submitted, the whole form administered
	Partial  Disposition = "partial"   // submitted at the stop after the first half
	BreakOff Disposition = "break-off" // left unfinished for 14 days
)
