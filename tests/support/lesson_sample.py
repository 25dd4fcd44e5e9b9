"""A lesson's page in small, with all that the style sheet lays out: what the builder writes has these classes."""

from npair_viz.stage.bundle import bundle, style_sheet
from npair_viz.stage.page import in_script, whole_page
from npair_viz.stage.parts import options_of
from npair_viz.stage.scene_states import scenes_of_the_stage
from tools.course.pages import STYLE

PARAGRAPH = (
    "<p>An <b>anchor</b> looks for its partner among four candidates. Each gets a share of one whole vote, and the "
    "share of the partner is what the loss looks at: the more the partner has, the less is the loss.</p>"
)
LESSON = """<nav class="ways" aria-label="course"><a href="#">The course</a>
<a href="#">Explore the geometry →</a></nav>
<main>
<header><h1>Meet the loss: who is my partner?</h1><p><b>Every anchor must pick its partner.</b></p></header>
<div class="text"><section class="part"><h2>1 One anchor</h2>{paragraph}
<blockquote><p>Cosines of rows of length 1 are their dot products.</p></blockquote>{paragraph}
<table><tr><th>candidate</th><th>share</th></tr><tr><td>3</td><td>37 %</td></tr></table></section></div>
<div class="scene"><div class="figure"><figure data-stage="0"></figure></div><div class="text">
<section class="part">{many}</section><section class="part"><h2>2 The figure</h2>
<form class="ask"><p>All points follow the loss. Where will it stop?</p>
<fieldset class="guess"><legend>Your guess</legend>
<label><input type="radio" name="guess"> <b class="letter">A</b> 0</label>
<label><input type="radio" name="guess" checked> <b class="letter">B</b> 0.25 <i class="yours">yours</i></label>
<label><input type="radio" name="guess"> <b class="letter">C</b> 1.39 <i class="so">so it is</i></label></fieldset>
<fieldset class="reason"><legend>Because of a</legend><label><input type="radio" name="reason"> rule</label>
<label><input type="radio" name="reason"> picture</label></fieldset>
<button>Commit</button><p role="alert"></p><div class="reveal" role="status"></div></form>
<details><summary>Hint</summary><p>Chance.</p></details><pre><code>explore("line-up")</code></pre></section></div></div>
</main>
<nav class="ways" aria-label="next"><a href="#">The course</a> <a href="#">Explore the geometry →</a></nav>
<script type="module">
{script}
openLesson({given});
</script>"""


def lesson_sample(level: int = 1) -> str:
    """The page, as HTML, its stage as that level of the explorer has it."""
    stage = {"state": scenes_of_the_stage()["line-up"], "options": options_of(level)}
    given = in_script({"stages": [stage], "scenes": {}})
    script = bundle("entry/lesson")
    body = LESSON.format(paragraph=PARAGRAPH, many=PARAGRAPH * 8, script=script, given=given)
    return whole_page("Meet the loss", style_sheet() + STYLE, body)
