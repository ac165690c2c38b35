package testkit

import (
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Choose puts files of this machine into a field of a form.
func (tab *Tab) Choose(selector string, files ...string) {
	tab.t.Helper()
	tab.step = "choose a file in " + selector
	_, err := chromedp.Run(tab.limited(), chromedp.SetUploadFiles(selector, files))
	tab.must(err)
}

// Network takes the network away from the tab, or gives it back with so many bytes a
// second upwards; 0 is no bound.
func (tab *Tab) Network(away bool, up float64) {
	tab.t.Helper()
	tab.step = "the network changes"
	if up == 0 {
		up = -1
	}
	_, err := chromedp.Call(tab.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: away, DownloadThroughput: -1, UploadThroughput: up}}})
	tab.must(err)
}
