package person

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
)

// SecretKind is what the second secret of a card is made of.
type SecretKind string

// The kinds: for those who see, for those who hear, and for those who type.
const (
	Pictures SecretKind = "pictures" // three of the pictures, in their order
	Words    SecretKind = "words"    // three spoken words, in their order
	Digits   SecretKind = "digits"   // six digits
)

// secretParts is how many pictures or words a secret has, digitsLength how many digits.
const (
	secretParts  = 3
	digitsLength = 6
)

// pictureIDs are the pictures that can stand on a card: things that every child and
// every grandmother names alike. 24·23·22 = 12,144 secrets, and ten tries.
var pictureIDs = []string{"sun", "moon", "star", "tree", "flower", "apple", "bread", "fish", "bird", "cat", "dog", "horse",
	"house", "key", "lamp", "clock", "cup", "spoon", "boat", "car", "train", "bell", "umbrella", "ball"}

// PictureIDs lists the pictures, for the page that shows them all.
func PictureIDs() []string { return slices.Clone(pictureIDs) }

// spokenWords are short, differ by ear from each other, and are known to everybody.
// 40·39·38 = 59,280 secrets.
var spokenWords = strings.Fields(`берег бджола вишня вогонь гора дощ дуб жито завод зима калина камінь квітка кінь ключ
ковдра курка ліс літак мед місяць молоко мороз небо огірок озеро пес поле ріка сад сіль сонце степ сукня трава хліб
цибуля човен школа яблуко`)

// SpokenWords lists the words, for printing a sheet or reading them out.
func SpokenWords() []string { return slices.Clone(spokenWords) }

// newSecret draws a second secret.
func newSecret(kind SecretKind) (parts []string, err error) {
	switch kind {
	case Pictures:
		return drawThree(pictureIDs), nil
	case Words:
		return drawThree(spokenWords), nil
	case Digits:
		for {
			n := randomInt(1_000_000)
			text := make([]byte, digitsLength)
			for i := digitsLength - 1; i >= 0; i-- {
				text[i] = byte('0' + n%10)
				n /= 10
			}
			if !plain(string(text)) {
				return []string{string(text)}, nil
			}
		}
	}
	return nil, fault.InvalidFields(fault.Field{Pointer: "kind", Key: "person.card_kind"})
}

func randomInt(n int64) int64 {
	v, err := rand.Int(rand.Reader, big.NewInt(n))
	if err != nil {
		panic("person: " + err.Error()) // the system's random source never fails since Go 1.24
	}
	return v.Int64()
}

func drawThree(from []string) []string {
	pool := slices.Clone(from)
	parts := make([]string, 0, secretParts)
	for range secretParts {
		i := int(randomInt(int64(len(pool))))
		parts = append(parts, pool[i])
		pool = slices.Delete(pool, i, i+1)
	}
	return parts
}

// plain tells whether digits are the first that a stranger would try.
func plain(digits string) bool {
	up, down, same := true, true, true
	for i := 1; i < len(digits); i++ {
		up = up && digits[i] == digits[i-1]+1
		down = down && digits[i] == digits[i-1]-1
		same = same && digits[i] == digits[i-1]
	}
	return up || down || same || strings.HasPrefix(digits, "19") || strings.HasPrefix(digits, "20")
}

// readSecret brings an entered secret to the form that is compared; what cannot be
// one becomes a form that no secret has. Words may be typed in any spelling.
func readSecret(kind SecretKind, parts []string) string {
	if len(parts) == 0 || len(parts) > 8 {
		return "!"
	}
	var b strings.Builder
	b.WriteString(string(kind))
	if kind == Digits {
		b.WriteByte(':')
		for _, p := range parts {
			if len(p) > 40 {
				return "!"
			}
			for _, r := range p {
				if r >= '0' && r <= '9' {
					b.WriteRune(r)
				}
			}
		}
		return b.String()
	}
	if len(parts) == 1 { // typed in one field
		parts = strings.Fields(parts[0])
	}
	if len(parts) != secretParts {
		return "!"
	}
	for _, p := range parts {
		if len(p) > 80 {
			return "!"
		}
		b.WriteByte(':')
		if kind == Words {
			keys := spelling.Fold(p)
			if len(keys) == 0 {
				return "!"
			}
			p = keys[0]
		}
		b.WriteString(p)
	}
	return b.String()
}
