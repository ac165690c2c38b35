package person

// Action is something that may be done, as the table knows it.
type Action uint8

// The actions.
const (
	// One's own.
	MeRead Action = iota
	MeEdit
	MeExport
	MeErase
	MeConsent
	MeDevices
	MeSecrets // cards, passkeys, second factors
	SittingAttach

	// People.
	PersonRegister
	PersonSearch
	PersonRead
	PersonEdit
	PersonDuplicates
	PersonMerge
	PersonErase
	ConsentWitness
	GuardianConfirm
	CardIssue

	// Sittings and the index.
	SittingAssist
	SittingPaper
	SittingPhone
	SittingReview
	IndexInternal
	IndexRelease
	WaveEdit

	// Content, places, events, help.
	ContentEdit
	ContentPublish
	CourseEdit
	CoursePublish
	PlaceEdit
	PlaceHide
	EventEdit
	EventBook // a seat for somebody who calls or stands there
	HelpTake  // write a question down for somebody
	HelpAnswer
	HelpEdit
	HelpSettings
	ServiceCounts // counts of the service centre

	// Schools.
	SchoolRead
	SchoolEdit
	SchoolCount
	SchoolSummary
	RoundOpen
	InstitutionEdit
	CoordinatorList // who coordinates an institution
	CoordinatorName // invite one, take the duty back
	CoordinatorHand // hand one's own duty over
	LabDecide       // on requests of institutions for equipment
	ProgrammeEdit   // what officials are to learn

	// Office.
	OfficeRead
	MentorDesk
	RoleList
	RoleGrant
	TokenList
	TokenIssue
	FactorReset
	AuditSearch
	RetentionRead
	MailRead
	JobRead

	actionCount
)

type right struct {
	name  string
	reach [roleCount]Scope
	fresh bool // a dangerous act: needs a sign-in of the last minutes
}

// by makes a row's reach.
func by(pairs ...any) (reach [roleCount]Scope) {
	for i := 0; i+1 < len(pairs); i += 2 {
		reach[pairs[i].(Role)] = pairs[i+1].(Scope)
	}
	return reach
}

// rights is the table. Every staff right needs a second factor besides.
var rights = [actionCount]right{
	MeRead:        {name: "me.read", reach: by(Resident, OwnData)},
	MeEdit:        {name: "me.edit", reach: by(Resident, OwnData)},
	MeExport:      {name: "me.export", reach: by(Resident, OwnData)},
	MeErase:       {name: "me.erase", reach: by(Resident, OwnData), fresh: true},
	MeConsent:     {name: "me.consent", reach: by(Resident, OwnData)},
	MeDevices:     {name: "me.devices", reach: by(Resident, OwnData)},
	MeSecrets:     {name: "me.secrets", reach: by(Resident, OwnData), fresh: true},
	SittingAttach: {name: "sitting.attach", reach: by(Resident, OwnData)},

	PersonRegister:   {name: "person.register", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, Administrator, All)},
	PersonSearch:     {name: "person.search", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, Administrator, All)},
	PersonRead:       {name: "person.read", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, Administrator, All)},
	PersonEdit:       {name: "person.edit", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, Administrator, All)},
	PersonDuplicates: {name: "person.duplicates", reach: by(VenueLead, OwnPlace, Administrator, All)},
	PersonMerge:      {name: "person.merge", reach: by(VenueLead, OwnPlace, Administrator, All), fresh: true},
	PersonErase:      {name: "person.erase", reach: by(Administrator, All), fresh: true},
	ConsentWitness:   {name: "consent.witness", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, Administrator, All)},
	GuardianConfirm:  {name: "guardian.confirm", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, Administrator, All)},
	CardIssue:        {name: "card.issue", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, Administrator, All)},

	SittingAssist: {name: "sitting.assist", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace)},
	SittingPaper:  {name: "sitting.paper", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace)},
	SittingPhone:  {name: "sitting.phone", reach: by(HelpOperator, All)},
	SittingReview: {name: "sitting.review", reach: by(Analyst, All)},
	IndexInternal: {name: "index.internal", reach: by(Analyst, All, CDTO, All)},
	IndexRelease:  {name: "index.release", reach: by(Analyst, All), fresh: true},
	WaveEdit:      {name: "wave.edit", reach: by(Analyst, All), fresh: true},

	ContentEdit:    {name: "content.edit", reach: by(Editor, All)},
	ContentPublish: {name: "content.publish", reach: by(Editor, All), fresh: true},
	CourseEdit:     {name: "course.edit", reach: by(Editor, All, Administrator, All)},
	CoursePublish:  {name: "course.publish", reach: by(Editor, All, Administrator, All), fresh: true},
	PlaceEdit:      {name: "place.edit", reach: by(VenueLead, OwnPlace, Editor, All)},
	PlaceHide:      {name: "place.hide", reach: by(VenueLead, OwnPlace, CDTO, All, Editor, All, Administrator, All)},
	EventEdit:      {name: "event.edit", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace)},
	EventBook:      {name: "event.book", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, HelpOperator, All)},
	HelpTake:       {name: "help.take", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace, HelpOperator, All)},
	HelpAnswer:     {name: "help.answer", reach: by(HelpOperator, All)},
	HelpEdit:       {name: "help.edit", reach: by(HelpOperator, All, Editor, All)},
	HelpSettings:   {name: "help.settings", reach: by(HelpOperator, All, CDTO, All, Administrator, All)},
	ServiceCounts:  {name: "service.counts", reach: by(Analyst, All, CDTO, All)},

	SchoolRead:      {name: "school.read", reach: by(Coordinator, OwnPlace)},
	SchoolEdit:      {name: "school.edit", reach: by(Coordinator, OwnPlace)},
	SchoolCount:     {name: "school.count", reach: by(Coordinator, OwnPlace, Analyst, All)},
	SchoolSummary:   {name: "school.summary", reach: by(Coordinator, OwnPlace, Analyst, All, CDTO, All)},
	RoundOpen:       {name: "round.open", reach: by(Analyst, All), fresh: true},
	InstitutionEdit: {name: "institution.edit", reach: by(Analyst, All, Administrator, All)},
	LabDecide:       {name: "lab.decide", reach: by(Analyst, All)},
	ProgrammeEdit:   {name: "programme.edit", reach: by(Analyst, All, CDTO, All)},

	CoordinatorList: {name: "coordinator.list", reach: by(Coordinator, OwnPlace, Analyst, All, CDTO, All, Administrator, All)},
	CoordinatorName: {name: "coordinator.name", reach: by(Analyst, All, CDTO, All, Administrator, All), fresh: true},
	CoordinatorHand: {name: "coordinator.hand-over", reach: by(Coordinator, OwnPlace), fresh: true},

	OfficeRead:    {name: "office.read", reach: by(Analyst, All, CDTO, All, Editor, All, HelpOperator, All, Administrator, All)},
	MentorDesk:    {name: "mentor.desk", reach: by(Mentor, OwnPlace, VenueLead, OwnPlace)},
	RoleList:      {name: "role.list", reach: by(VenueLead, OwnPlace, CDTO, All, Administrator, All)},
	RoleGrant:     {name: "role.grant", reach: by(VenueLead, OwnPlace, CDTO, All, Administrator, All), fresh: true},
	TokenList:     {name: "token.list", reach: by(VenueLead, OwnPlace, Administrator, All)},
	TokenIssue:    {name: "token.issue", reach: by(VenueLead, OwnPlace, Administrator, All), fresh: true},
	FactorReset:   {name: "factor.reset", reach: by(Administrator, All), fresh: true},
	AuditSearch:   {name: "audit.search", reach: by(Administrator, All)},
	RetentionRead: {name: "retention.read", reach: by(Analyst, All, CDTO, All, Administrator, All)},
	MailRead:      {name: "mail.read", reach: by(Administrator, All)},
	JobRead:       {name: "job.read", reach: by(CDTO, All, Administrator, All)},
}

// String is the action's id, as in the audit log.
func (a Action) String() string {
	if a < actionCount {
		return rights[a].name
	}
	return "unknown"
}

// MarshalText writes the id.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Right is one row of the table, for the page /office/roles and for tests.
type Right struct {
	Action Action
	Fresh  bool
	Reach  map[Role]Scope // roles that have no part in it are left out
}

// Table lists the whole table in its order.
func Table() []Right {
	list := make([]Right, 0, actionCount)
	for act := range actionCount {
		row := Right{Action: act, Fresh: rights[act].fresh, Reach: map[Role]Scope{}}
		for r, s := range rights[act].reach {
			if s != Nothing {
				row.Reach[Role(r)] = s
			}
		}
		list = append(list, row)
	}
	return list
}

// gives lists which roles a role may give, invite to and take back.
var gives = [roleCount][]Role{
	VenueLead:     {Mentor},
	Analyst:       {Coordinator},
	CDTO:          {Mentor, VenueLead, Coordinator, Analyst, Editor, HelpOperator},
	Administrator: {Mentor, VenueLead, Coordinator, Analyst, CDTO, Editor, HelpOperator, Administrator},
}

// Gives lists which roles a role may give.
func Gives(r Role) []Role { return append([]Role(nil), gives[r%roleCount]...) }
