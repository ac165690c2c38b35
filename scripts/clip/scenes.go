package main

import (
	"image/color"
	"math"
	"time"

	"osvitlo/internal/canvas"
)

// The colours of the house.
var (
	ink   = rgb(0x14283C)
	paper = rgb(0xFBFAF6)
	card  = rgb(0xFFFFFF)
	line  = rgb(0xD9D5C9)
	blue  = rgb(0x0B5CAD)
	sun   = rgb(0xF7C948)
	good  = rgb(0x17714A)
	bad   = rgb(0xA4262C)
)

func rgb(v uint32) color.RGBA { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

// scene is one part of the episode. says is its line, Ukrainian and English; draw paints
// everything but the frame and the line, t seconds after it began.
type scene struct {
	lasts time.Duration
	says  [2]string
	draw  func(c *canvas.Canvas, t float64)
}

var scenes = []scene{
	{5 * time.Second, [2]string{"Дзвінок із банку. Як не віддати гроші шахраям.", "A call from the bank. How not to give your money to fraudsters."}, title},
	{6 * time.Second, [2]string{"Телефонує незнайомий номер. Голос каже: «Я з банку».", "An unknown number calls. A voice says: “I am from the bank.”"}, ringing},
	{8 * time.Second, [2]string{"Вас лякають, підганяють і просять код. Це шахраї.", "They frighten you, hurry you and ask for a code. These are fraudsters."}, signs},
	{6 * time.Second, [2]string{"Покладіть слухавку. Вибачатися не треба.", "Hang up. You need not apologise."}, hangUp},
	{7 * time.Second, [2]string{"Візьміть свою картку. Наберіть номер, надрукований на ній.", "Take your card. Dial the number printed on it."}, dial},
	{6 * time.Second, [2]string{"Одне правило працює завжди: слухавку кладемо, у банк дзвонимо самі.", "One rule always works: hang up and call the bank yourself."}, rule},
}

// posterAt is the moment that stands for the whole.
const posterAt = 2500 * time.Millisecond

func length() (d time.Duration) {
	for _, s := range scenes {
		d += s.lasts
	}
	return d
}

// draw paints one moment: a band that says what this is, the scene, its line.
func draw(at time.Duration) *canvas.Canvas {
	c := canvas.New(width, height, paper)
	for i, s := range scenes {
		if at >= s.lasts && i < len(scenes)-1 {
			at -= s.lasts
			continue
		}
		s.draw(c, at.Seconds())
		c.Rect(canvas.Box{X: 0, Y: 0, W: width, H: 60}, ink)
		c.Text(canvas.Box{X: 40, Y: 0, W: width - 80, H: 60}, canvas.Style{Size: 32, Bold: true, Color: card, Down: canvas.Center}, "Навчальний приклад. Банк вигаданий")
		c.Rect(canvas.Box{X: 0, Y: 556, W: width, H: 164}, card)
		c.Rect(canvas.Box{X: 0, Y: 554, W: width, H: 4}, ink)
		c.Text(canvas.Box{X: 50, Y: 566, W: width - 100, H: 144}, canvas.Style{Size: 54, Bold: true, Color: ink, Align: canvas.Center, Down: canvas.Center, Leading: 1.2, Balance: true}, s.says[0])
		break
	}
	return c
}

// rise goes from 0 to 1, softly, between two moments.
func rise(t, from, to float64) float64 {
	x := math.Max(0, math.Min(1, (t-from)/(to-from)))
	return x * x * (3 - 2*x)
}

// fade mixes a colour with the paper.
func fade(col color.RGBA, share float64) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(b) + share*(float64(a)-float64(b)))) }
	return color.RGBA{mix(col.R, paper.R), mix(col.G, paper.G), mix(col.B, paper.B), 255}
}

// edged is a shape with an edge of the heavier of our two lines.
func edged(c *canvas.Canvas, b canvas.Box, radius float64, fill, edge color.Color, w float64) {
	c.Round(b, radius, edge)
	c.Round(canvas.Box{X: b.X + w, Y: b.Y + w, W: b.W - 2*w, H: b.H - 2*w}, radius-w, fill)
}

// phone is a telephone with its upper left corner at x, y.
func phone(c *canvas.Canvas, x, y float64, fill color.Color) canvas.Box {
	edged(c, canvas.Box{X: x, Y: y, W: 240, H: 430}, 36, ink, ink, 4)
	in := canvas.Box{X: x + 14, Y: y + 34, W: 212, H: 356}
	c.Round(in, 14, fill)
	c.Round(canvas.Box{X: x + 90, Y: y + 14, W: 60, H: 8}, 4, line)
	c.Circle(x+120, y+410, 10, line)
	return in
}

// handset is the picture of a call; fallen lies as one that was put down.
func handset(c *canvas.Canvas, x, y, r float64, back color.Color, fallen bool) {
	c.Circle(x, y, r, back)
	k := r / 60
	turn := -math.Pi / 4
	if fallen {
		turn = math.Pi / 2
	}
	at := func(px, py float64) (float64, float64) {
		s, co := math.Sin(turn), math.Cos(turn)
		return x + k*(px*co-py*s), y + k*(px*s+py*co)
	}
	var p canvas.Path
	move := func(px, py float64) { a, b := at(px, py); p.MoveTo(a, b) }
	cube := func(ax, ay, bx, by, cx, cy float64) {
		a1, a2 := at(ax, ay)
		b1, b2 := at(bx, by)
		c1, c2 := at(cx, cy)
		p.CubeTo(a1, a2, b1, b2, c1, c2)
	}
	lineTo := func(px, py float64) { a, b := at(px, py); p.LineTo(a, b) }
	// A bow with an ear piece at either end, its back to the left.
	move(14, -34)
	cube(-26, -34, -26, 34, 14, 34)
	lineTo(18, 16)
	cube(18, 12, 14, 10, 8, 12)
	cube(-4, 14, -4, -14, 8, -12)
	cube(14, -10, 18, -12, 18, -16)
	p.Close()
	c.Fill(&p, card)
}

// bubble is what somebody says, with its tip to the left.
func bubble(c *canvas.Canvas, b canvas.Box, share float64, text string, col color.RGBA) {
	if share <= 0 {
		return
	}
	b.X += 40 * (1 - share)
	edge, fill := fade(col, share), fade(card, share)
	edged(c, b, 26, fill, edge, 5)
	var tip canvas.Path
	tip.MoveTo(b.X+6, b.Y+b.H/2-20)
	tip.LineTo(b.X-34, b.Y+b.H/2+8)
	tip.LineTo(b.X+6, b.Y+b.H/2+20)
	tip.Close()
	c.Fill(&tip, edge)
	c.Text(canvas.Box{X: b.X + 30, Y: b.Y + 12, W: b.W - 60, H: b.H - 24}, canvas.Style{Size: 50, Color: fade(ink, share), Down: canvas.Center, Leading: 1.2}, text)
}

func title(c *canvas.Canvas, t float64) {
	in := phone(c, 120, 94, rgb(0xE9F1FA))
	handset(c, in.X+in.W/2, in.Y+in.H/2, 70, blue, false)
	share := rise(t, 0.2, 1)
	c.Text(canvas.Box{X: 440, Y: 130, W: 780, H: 220}, canvas.Style{Size: 104, Bold: true, Color: fade(ink, share), Down: canvas.Right, Leading: 1.1}, "Дзвінок\nіз банку")
	c.Round(canvas.Box{X: 440, Y: 376, W: 420 * rise(t, 0.6, 1.6), H: 14}, 7, sun)
	c.Text(canvas.Box{X: 440, Y: 416, W: 780, H: 110}, canvas.Style{Size: 52, Color: fade(ink, rise(t, 1, 1.8))}, "Покладіть слухавку\nй перевірте самі")
}

func ringing(c *canvas.Canvas, t float64) {
	shake := 0.0
	if t < 2.6 {
		shake = 7 * math.Sin(t*2*math.Pi*3)
	}
	in := phone(c, 160+shake, 94, rgb(0xE9F1FA))
	c.Text(canvas.Box{X: in.X + 10, Y: in.Y + 30, W: in.W - 20, H: 110}, canvas.Style{Size: 38, Bold: true, Color: ink, Align: canvas.Center, Leading: 1.15}, "Невідомий\nномер")
	handset(c, in.X+58, in.Y+in.H-70, 44, good, false)
	handset(c, in.X+in.W-58, in.Y+in.H-70, 44, bad, true)
	for i := range 3 {
		if s := math.Mod(t*1.2+float64(i)/3, 1); t < 2.6 {
			waves(c, 280, 309, 150+90*s, fade(blue, 1-s))
		}
	}
	bubble(c, canvas.Box{X: 520, Y: 150, W: 660, H: 150}, rise(t, 2.4, 3), "«Добрий день. Це служба безпеки банку».", ink)
	bubble(c, canvas.Box{X: 520, Y: 340, W: 660, H: 150}, rise(t, 3.8, 4.4), "«Не кладіть слухавку».", ink)
}

// waves are sounds to the left and right of a telephone whose middle is x, y.
func waves(c *canvas.Canvas, x, y, r float64, col color.Color) {
	for _, side := range []float64{0, math.Pi} {
		for i := range 12 {
			a, b := side+(float64(i)-6)*0.06, side+(float64(i)-5)*0.06
			c.Line(x+r*math.Cos(a), y+r*math.Sin(a), x+r*math.Cos(b), y+r*math.Sin(b), 6, col)
		}
	}
}

func signs(c *canvas.Canvas, t float64) {
	for i, s := range []struct{ head, quote string }{
		{"Лякають", "«З картки знімають гроші»"}, {"Підганяють", "«Маємо дві хвилини»"}, {"Просять код", "«Продиктуйте код із SMS»"},
	} {
		share := rise(t, 0.4+2*float64(i), 1.1+2*float64(i))
		if share <= 0 {
			continue
		}
		y := 90 + 152*float64(i)
		edged(c, canvas.Box{X: 80 + 40*(1-share), Y: y, W: 1120, H: 134}, 24, fade(card, share), fade(ink, share), 4)
		x := 160 + 40*(1-share)
		c.Circle(x, y+67, 40, fade(bad, share))
		c.Line(x, y+43, x, y+73, 11, fade(card, share))
		c.Circle(x, y+92, 7, fade(card, share))
		c.Text(canvas.Box{X: x + 70, Y: y, W: 380, H: 134}, canvas.Style{Size: 52, Bold: true, Color: fade(ink, share), Down: canvas.Center}, s.head)
		c.Text(canvas.Box{X: x + 440, Y: y, W: 580, H: 134}, canvas.Style{Size: 44, Color: fade(ink, share), Down: canvas.Center}, s.quote)
	}
}

func hangUp(c *canvas.Canvas, t float64) {
	in := phone(c, 240, 94, rgb(0xE9F1FA))
	press := rise(t, 1.4, 1.8) - rise(t, 2.0, 2.4)
	if t < 2 {
		c.Text(canvas.Box{X: in.X + 10, Y: in.Y + 40, W: in.W - 20, H: 110}, canvas.Style{Size: 38, Bold: true, Color: ink, Align: canvas.Center, Leading: 1.15}, "Розмова\n00:14")
	} else {
		c.Text(canvas.Box{X: in.X + 10, Y: in.Y + 40, W: in.W - 20, H: 110}, canvas.Style{Size: 38, Bold: true, Color: ink, Align: canvas.Center, Leading: 1.15}, "Дзвінок\nзавершено")
	}
	x, y := in.X+in.W/2, in.Y+in.H-100
	for i := range 2 {
		if s := rise(t, 1.8, 2.8) - 0.2*float64(i); s > 0 && s < 0.8 {
			c.Circle(x, y, 70+60*s, fade(rgb(0xF0D5D6), 1-s))
		}
	}
	handset(c, x, y, 70-8*press, bad, true)
	finger(c, x+18, y+30-50*(rise(t, 0.6, 1.5)-1)+60*rise(t, 2.2, 3))
	share := rise(t, 2.6, 3.3)
	if share > 0 {
		tick(c, 760, 300, 90, fade(good, share), fade(card, share))
		c.Text(canvas.Box{X: 880, Y: 190, W: 360, H: 220}, canvas.Style{Size: 58, Bold: true, Color: fade(ink, share), Down: canvas.Center, Leading: 1.15}, "Це не грубість.\nЦе захист.")
	}
}

// finger points at x, y.
func finger(c *canvas.Canvas, x, y float64) {
	c.Line(x, y+18, x+34, y+150, 48, ink)
	c.Line(x, y+18, x+34, y+150, 38, rgb(0xF2D6BF))
}

// tick is a mark that something is right.
func tick(c *canvas.Canvas, x, y, r float64, back, mark color.Color) {
	c.Circle(x, y, r, back)
	k := r / 60
	c.Line(x-26*k, y+2*k, x-8*k, y+22*k, 13*k, mark)
	c.Line(x-8*k, y+22*k, x+28*k, y-20*k, 13*k, mark)
}

func dial(c *canvas.Canvas, t float64) {
	x := 80 - 60*(1-rise(t, 0, 0.7))
	edged(c, canvas.Box{X: x, Y: 130, W: 620, H: 370}, 34, rgb(0xE9F1FA), ink, 5)
	c.Rect(canvas.Box{X: x + 5, Y: 180, W: 610, H: 62}, ink)
	c.Text(canvas.Box{X: x + 40, Y: 264, W: 540, H: 50}, canvas.Style{Size: 36, Color: ink}, "Банк «Промінчик»")
	if s := rise(t, 1.2, 1.9); s > 0 { // the light falls on what matters
		c.Round(canvas.Box{X: x + 26, Y: 330, W: 568, H: 136}, 20, sun)
	}
	c.Text(canvas.Box{X: x + 46, Y: 338, W: 528, H: 60}, canvas.Style{Size: 38, Color: ink, Down: canvas.Center}, "Телефон банку:")
	for i := range 10 {
		c.Round(canvas.Box{X: x + 48 + 52*float64(i), Y: 410, W: 34, H: 34}, 8, ink)
	}
	in := phone(c, 900, 94, rgb(0xE9F1FA))
	shown := int(math.Max(0, math.Min(10, (t-2.4)*4)))
	for i := range shown {
		c.Round(canvas.Box{X: in.X + 10 + 19.6*float64(i), Y: in.Y + 40, W: 14, H: 26}, 5, ink)
	}
	for i := range 12 {
		px, py := in.X+44+62*float64(i%3), in.Y+120+46*float64(i/3)
		pressed := shown > 0 && shown < 10 && (shown*7)%12 == i
		col := color.Color(card)
		if pressed {
			col = sun
		}
		c.Circle(px, py, 19, ink)
		c.Circle(px, py, 16, col)
	}
	if t > 4.9 {
		handset(c, in.X+in.W/2, in.Y+in.H-40, 34+3*math.Sin(t*6), good, false)
	} else {
		handset(c, in.X+in.W/2, in.Y+in.H-40, 34, fade(good, 0.55), false)
	}
	if s := rise(t, 1.9, 2.6); s > 0 {
		c.Line(720, 400, 720+140*s, 400-60*s, 8, ink)
		if s == 1 {
			c.Line(860, 340, 832, 340, 8, ink)
			c.Line(860, 340, 846, 366, 8, ink)
		}
	}
}

func rule(c *canvas.Canvas, t float64) {
	for i, s := range []string{"Покладіть слухавку", "Візьміть картку", "Подзвоніть у банк самі"} {
		share := rise(t, 0.3+0.9*float64(i), 0.9+0.9*float64(i))
		if share <= 0 {
			continue
		}
		y := 160 + 148*float64(i)
		tick(c, 250, y, 50, fade(good, share), fade(card, share))
		c.Text(canvas.Box{X: 340, Y: y - 66, W: 860, H: 132}, canvas.Style{Size: 70, Bold: true, Color: fade(ink, share), Down: canvas.Center}, s)
	}
}
