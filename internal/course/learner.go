package course

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"osvitlo/internal/person"
)

// Learner is whose progress it is: a person's id, or "d" and 26 letters for an
// anonymous device.
type Learner string

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewDeviceKey makes the secret that an anonymous device keeps in a cookie: 26
// letters, 130 random bits.
func NewDeviceKey() string { return strings.ToLower(rand.Text()) }

// OfDevice is the learner behind a device's key. The key itself is not stored.
func OfDevice(key string) Learner {
	sum := sha256.Sum256([]byte("course-device:" + key))
	return Learner("d" + strings.ToLower(letters.EncodeToString(sum[:]))[:26])
}

// OfPerson is the learner behind a person.
func OfPerson(id person.ID) Learner { return Learner(id) }

// Anonymous tells whether it is a device.
func (l Learner) Anonymous() bool { return strings.HasPrefix(string(l), "d") }

// Person is the person's id, empty for a device.
func (l Learner) Person() person.ID {
	if l.Anonymous() {
		return ""
	}
	return person.ID(l)
}

// ok tells whether it has the shape of a learner's id.
func (l Learner) ok() bool {
	if len(l) != 27 || (l[0] != 'd' && l[0] != 'p') {
		return false
	}
	for _, c := range []byte(l[1:]) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
