// Command lint looks for two things that no compiler sees: code that security people
// know as dangerous (gosec, with all of its rules), and modules in the program whose
// licence would bind the city.
//
//	lint security DIR…    directories of packages
//	lint licences         of the module in the working directory
//
// A finding of gosec that is no fault here is marked beside the code with its rule and
// the reason: // #nosec G304 -- the operator names the file. A mark without a reason is
// itself a finding.
package main

import (
	"fmt"
	"os"
)

func main() {
	var err error
	switch {
	case len(os.Args) > 2 && os.Args[1] == "security":
		err = security(os.Args[2:])
	case len(os.Args) == 2 && os.Args[1] == "licences":
		err = licences(os.Stdout)
	default:
		err = fmt.Errorf("say security DIR… or licences")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "lint:", err)
		os.Exit(1)
	}
}
