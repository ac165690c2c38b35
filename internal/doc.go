// Package internal is the map of the house. Data flows one way:
//
//	content (files) -> instrument -> sitting -> score -> cells -> index -> page
//
// A package may import packages of lower rings only; what lies above hears of an
// act through an interface that the lower package declares. The test beside this
// file holds the table and the doors.
//
//	ring 0  fault                                   the one error type
//	ring 1  scoring adaptive weighting disclosure psychometrics drivers   numbers: standard library and gonum only
//	ring 2  tablefile                               tables of staff as CSV and workbooks
//	ring 2  statsbench                              the statistician's bench: CSV and JSON in, numbers out
//	ring 2  institution/report                      a round's sums in blocks, tables, changes
//	ring 2  i18n store media config telemetry sitting/jcs   words, ports, settings, the operator's view, strict JSON
//	ring 2  qrcode                                  a text as the dark modules of a QR
//	ring 2  yamldoc                                 YAML that people wrote: an error, never a panic
//	ring 2  docx                                    business documents an office can change, and their print view
//	ring 3  store/sqlite store/mongodb media/disk media/s3   engines; only app opens them
//	ring 3  store/mirror                            collections bounded by the city, in memory
//	ring 3  search                                  finds documents by the words people type
//	ring 3  sheet                                   tables that people send: CSV and workbooks
//	ring 3  framework                               areas, competences, levels, crosswalks
//	ring 4  audit job person/vault person/spelling  who did what; leases and outbox; sealed fields; ways to write a name
//	ring 4  instrument                              items, rules, instruments
//	ring 4  institution/selfdesc                    the form in which an institution describes itself
//	ring 5  course/lesson credential/badge           courses, lessons, activities and badges as written
//	ring 5  eservice/manual                         instructions of e-services as written
//	ring 5  institution/measure                     measures offered for plans of institutions, as written
//	ring 5  notify                                  messages to people, through the outbox
//	ring 6  quality                                 flags of a sitting: pace, straight lines, likeness
//	ring 6  content                                 loads and checks the files, serves them from memory
//	ring 7  survey                                  campaigns and waves
//	ring 8  sitting                                 one respondent on one instrument
//	ring 9  cityindex                               cells, estimates, steps, releases, open data
//	ring 9  person                                  people, sign-in, roles, consent, merge, erasure
//	ring 10 course                                  progress, next steps, groups, proof
//	ring 10 course/draft                            courses written in the browser, reviews, versions
//	ring 10 help                                    questions of people, their queue, the articles
//	ring 10 asset                                   uploaded files: parts, checks, renditions, links
//	ring 10 place                                   doors to walk through: hours, faces, imports, coverage
//	ring 10 institution                             the register of schools, colleges, enterprises, departments
//	ring 10 export                                  rows for the operator
//	ring 10 itembank interchange                   life of the items; items to and from QTI 3 and GIFT
//	ring 10 web/typeface                            letters of PDFs and pictures
//	ring 10 event                                   what is on: occurrences, seats, workplaces, waiting lists
//	ring 10 eservice                                the manual: confirmations, corrections, warnings, use
//	ring 11 institution/round                        yearly rounds: codes, counts, the report
//	ring 11 institution/lab                          digital laboratories: rooms, equipment, requests
//	ring 11 institution/portrait                     self-descriptions filled in, signed, published
//	ring 11 chart web/form canvas                   SVG partials; forms to field errors; pictures drawn by us
//	ring 11 credential                              badges and certificates, signed, checked, taken back
//	ring 11 coursepack xapi                          packages of other programs in lessons; statements of learning acts
//	ring 11 demo                                    the invented city
//	ring 12 institution/paper                       orders, letters, minutes and acts of the monitoring
//	ring 12 institution/staffing                    employers: who learns where, counts in steps of ten, the mark
//	ring 12 institution/plan                         plans of digitalisation: measures, offers, progress
//	ring 12 web/page web/gate                       frame of every page, renderer; who may reach which address
//	ring 13 web/front web/resident web/api web/opendata web/items web/account web/office web/mentor web/answers web/waves web/learning web/credential web/assets web/services web/help web/packages web/events web/places web/register web/rounds web/school web/schools web/plans web/employers web/labs web/selfdesc    handlers; never each other
//	ring 14 web                                     server, middleware, the list of routes
//	ring 15 app                                     builds everything from Config
//	ring 16 cli                                     what an operator types
//
// Doors: gin only in web and below it; mongo-driver only in store/mongodb;
// minio-go only in media/s3; the sqlite library only in store/sqlite.
package internal
