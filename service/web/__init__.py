"""The workbench: the pages people work in, in Chinese, at `/` and below `/desk/`.

Where things are

    service/web/desk.py        the list of the pages (PAGES), and `add_desk`, which puts them on the application
    service/web/page.py        a page written by a template: `page(request, "x.html", ...)`; its route's errors too (PageRoute)
    service/web/headers.py     what the browser is told not to do (Content-Security-Policy and others)
    service/web/signed.py      who is signed in, for pages that ask for it: Depends(signed("label")); signing.py is the sign-in page
    service/web/palette.py     a theme's colour: the class `hue-N`
    service/web/*.py           routers (tagging, downloads, comparing) and presenters (what a template shows, as frozen dataclasses)
    service/web/templates/     Jinja2; base.html is the frame of every page, names with a leading underscore are parts of pages
    service/static/desk/       our styles and scripts: desk.css (frame, forms), hues.css (colours of themes), desk.js (frame),
                               and one module a page; no build step, plain ES modules
    service/static/vendor/     htmx and ECharts as published, with their licences (THIRD_PARTY.md)

How a page is added

1. A module with `router = APIRouter(include_in_schema=False, route_class=PageRoute)` and `VIEW = View("复核", "/desk/review")`; its
   endpoints return `page(request, "review.html", view=VIEW, ...)`. Paths start with /desk/, which no operation of the API has.
2. A template that extends base.html and fills the blocks title, main and, for scripts of its own, scripts.
3. The module goes into PAGES in desk.py. The bar at the top shows what is in PAGES, in that order.

What holds for every page

- The policy allows no inline script, no inline style and no eval: no `style=`, no `<style>`, no `onclick=`, no `hx-on`, no `hx-vals="js:"`.
  There are no nonces, as nothing inline needs one. What depends on data is a class (hue-N, shade-N), a `<progress>`, or set through CSSOM
  (`element.style.width = ...`) by a script. Data for a script goes into a `data-` attribute as JSON: `data-chart="{{ chart|json }}"`.
- Everything shown is escaped (autoescape is on, `|safe` is not used); what strangers wrote stands in `<bdi>`, file names pass `|plain`.
- A theme is its class `hue-N` and its name, never the colour alone. hues.css turns the class into --tint (a background) and --edge
  (a line), readable in both modes. Light and dark: the colours are variables of desk.css; `data-mode` on <html> overrides what the
  system prefers.
- Addresses in templates are `{{ root }}/desk/...`, so that a proxy may serve the application below a path.
- Requests that change something are refused when another site sent them (page.py). An error of our tree becomes a page for a browser, and
  the usual application/problem+json for scripts and htmx, which desk.js says aloud in #said.
"""
