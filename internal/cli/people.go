package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/app"
	"osvitlo/internal/person"
)

// ownFlags are the flags of one command; what it does not know stays for the configuration.
type ownFlags struct {
	*flag.FlagSet
	known []string
}

func (t *term) own(name string) *ownFlags {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard) // finish prints the usage
	return &ownFlags{FlagSet: f}
}

// take reads the flags of the command out of the words and leaves the others.
func (w *ownFlags) take(t *term) error {
	w.VisitAll(func(f *flag.Flag) { w.known = append(w.known, f.Name) })
	var own, rest []string
	for i := 0; i < len(t.args); i++ {
		name, _, hasValue := strings.Cut(strings.TrimLeft(t.args[i], "-"), "=")
		if !strings.HasPrefix(t.args[i], "-") || !slices.Contains(w.known, name) {
			rest = append(rest, t.args[i])
			continue
		}
		own = append(own, t.args[i])
		b, isBool := w.Lookup(name).Value.(interface{ IsBoolFlag() bool })
		if !hasValue && !(isBool && b.IsBoolFlag()) && i+1 < len(t.args) {
			i++
			own = append(own, t.args[i])
		}
	}
	t.args = rest
	if err := w.Parse(own); err != nil {
		return fmt.Errorf("%w: %v", errUsage, err)
	}
	return nil
}

// roleNames are other words people use for the roles.
var roleNames = map[string]person.Role{
	"lead": person.VenueLead, "coordinator": person.Coordinator, "department-analyst": person.Analyst,
	"editor": person.Editor, "operator": person.HelpOperator, "admin": person.Administrator,
}

func (t *term) role(name string) (person.Role, error) {
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-")
	if r, ok := roleNames[name]; ok {
		return r, nil
	}
	r, err := person.ParseRole(name)
	if err != nil || r == person.Visitor {
		var all []string
		for _, r := range person.Roles()[1:] {
			all = append(all, r.String())
		}
		return 0, fmt.Errorf("%w: --role %q; %s: %s", errUsage, name, t.say("є такі ролі", "the roles are"), strings.Join(all, ", "))
	}
	return r, nil
}

// placed checks that a role has a place exactly if it needs one.
func (t *term) placed(role person.Role, place string) error {
	switch kind := role.PlaceKind(); {
	case kind != person.NoPlace && place == "":
		return fmt.Errorf("%w: %s", errUsage, t.say("ця роль прив’язана до місця, додайте --place, напр. --place lib-1", "this role is bound to a place, add --place, such as --place lib-1"))
	case kind == person.NoPlace && place != "":
		return fmt.Errorf("%w: %s", errUsage, t.say("ця роль не прив’язана до місця, приберіть --place", "this role has no place, leave --place out"))
	}
	return nil
}

// withPeople opens the program for an act on people.
func (t *term) withPeople(ctx context.Context, name string, do func(*app.App) error) (err error) {
	a, err := t.open(ctx, name, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return do(a)
}

// userAdd makes a member of staff: the address works once, for 15 minutes.
func userAdd(ctx context.Context, t *term) error {
	w := t.own("user add")
	roleName, place, asJSON := w.String("role", "", ""), w.String("place", "", ""), w.Bool("json", false, "")
	if err := w.take(t); err != nil {
		return err
	}
	role, err := t.role(*roleName)
	if err != nil {
		return err
	}
	return t.withPeople(ctx, "user add", func(a *app.App) error {
		if *place == "" && a.Demo() {
			*place = app.DemoPlace(role)
		}
		if err := t.placed(role, *place); err != nil {
			return err
		}
		added, address, err := a.AddPerson(ctx, role, *place)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(t.out).Encode(map[string]string{"id": string(added.ID), "sign_in_url": address, "totp_secret": added.TOTPSecret})
		}
		_, err = fmt.Fprintf(t.out, t.say("Номер: %s\nВхід (один раз, 15 хвилин): %s\nКлюч для застосунку кодів: %s\n", "Id: %s\nSign-in (once, 15 minutes): %s\nKey for an authenticator: %s\n"),
			added.ID, address, added.TOTPSecret)
		return err
	})
}

// userLink makes a new sign-in address for somebody.
func userLink(ctx context.Context, t *term) error {
	w := t.own("user link")
	id := w.String("person", "", "")
	if err := w.take(t); err != nil {
		return err
	}
	if *id == "" {
		return fmt.Errorf("%w: --person", errUsage)
	}
	return t.withPeople(ctx, "user link", func(a *app.App) error {
		token, err := a.People.SignInLink(ctx, person.Operator("user-link"), person.ID(*id))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, a.SignInAddress(token))
		return err
	})
}

// roleGrant gives somebody a role; roleRevoke takes it back and ends their sessions.
func roleGrant(ctx context.Context, t *term) error { return roleChange(ctx, t, true) }

func roleRevoke(ctx context.Context, t *term) error { return roleChange(ctx, t, false) }

func roleChange(ctx context.Context, t *term, give bool) error {
	w := t.own("role")
	id, roleName, place, until := w.String("person", "", ""), w.String("role", "", ""), w.String("place", "", ""), w.String("until", "", "")
	if err := w.take(t); err != nil {
		return err
	}
	if *id == "" {
		return fmt.Errorf("%w: --person", errUsage)
	}
	role, err := t.role(*roleName)
	if err != nil {
		return err
	}
	if err := t.placed(role, *place); err != nil {
		return err
	}
	var end time.Time
	if *until != "" {
		if end, err = time.Parse(time.DateOnly, *until); err != nil {
			return fmt.Errorf("%w: --until %s", errUsage, t.say("пишіть як 2027-06-30", "is written like 2027-06-30"))
		}
	}
	return t.withPeople(ctx, "role", func(a *app.App) error {
		if give {
			err = a.People.Grant(ctx, person.Operator("role-grant"), person.ID(*id), role, *place, end)
		} else {
			err = a.People.Revoke(ctx, person.Operator("role-revoke"), person.ID(*id), role, *place)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, t.say("Зроблено.", "Done."))
		return err
	})
}

// sessionRevoke signs somebody, or everybody, out of every device.
func sessionRevoke(ctx context.Context, t *term) error {
	w := t.own("session revoke")
	id, all := w.String("person", "", ""), w.Bool("all", false, "")
	if err := w.take(t); err != nil {
		return err
	}
	if (*id == "") == !*all {
		return fmt.Errorf("%w: %s", errUsage, t.say("назвіть --person або --all", "name --person or --all"))
	}
	return t.withPeople(ctx, "session revoke", func(a *app.App) error {
		if *id != "" {
			return a.People.EndAllOf(ctx, person.Operator("session-revoke"), person.ID(*id))
		}
		n, err := a.People.EndEverything(ctx, person.Operator("session-revoke"))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, t.say("Завершено входів: %d\n", "Sessions ended: %d\n"), n)
		return err
	})
}

// keysNew prints a key for OSVITLO_KEYS.
func keysNew(_ context.Context, t *term) error {
	if len(t.args) > 0 {
		return errUsage
	}
	_, err := fmt.Fprintln(t.out, app.NewKey(time.Now()))
	return err
}

// keysRotate seals under the first key what still stands under the others. The site
// goes on meanwhile: both keys are in its configuration.
func keysRotate(ctx context.Context, t *term) error {
	return t.withPeople(ctx, "keys rotate", func(a *app.App) error {
		n, left, err := a.Reseal(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, t.say("Запечатано наново: %d\n", "Sealed anew: %d\n"), n)
		for key, count := range left {
			fmt.Fprintf(t.out, t.say("Під ключем %s ще стоїть: %d\n", "Still under the key %s: %d\n"), key, count)
		}
		if len(left) == 0 {
			fmt.Fprintln(t.out, t.say("Старий ключ можна прибрати за добу.", "The old key may be taken out after a day."))
		}
		return nil
	})
}

// auditVerify checks the log and its seals; it fails when a row is missing or changed.
func auditVerify(ctx context.Context, t *term) error {
	asJSON := t.cut("--json")
	return t.withPeople(ctx, "audit verify", func(a *app.App) error {
		report, err := a.Audit.Verify(ctx)
		if err != nil {
			return err
		}
		if asJSON {
			if err := json.NewEncoder(t.out).Encode(report); err != nil {
				return err
			}
		} else {
			fmt.Fprintf(t.out, t.say("Ланцюгів: %d, рядків: %d, печаток: %d\n", "Chains: %d, rows: %d, seals: %d\n"), report.Chains, report.Rows, report.Seals)
			for _, f := range report.Findings {
				fmt.Fprintf(t.out, "%s %s %d\n", f.Trouble, f.Chain, f.N)
			}
		}
		if !report.OK() {
			return errors.New(t.say("журнал дій змінено або обрізано", "the audit log was changed or cut"))
		}
		return nil
	})
}
