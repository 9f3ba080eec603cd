"""Sphinx's configuration of the course's site; `python -m course site` copies it beside the pages."""

project = "Neural-network compression, measured"
copyright = "The course authors"
language = "en"

extensions = ["myst_nb"]
exclude_patterns = ["downloads"]
nb_execution_mode = "off"
nb_render_markdown_format = "gfm"  # tables in outputs of type text/markdown
nb_merge_streams = True  # one box for what one cell prints
nb_render_text_lexer = "none"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_use_index = False
html_show_search_summary = False  # a summary is fetched from the page, which file:// forbids
html_copy_source = False
html_show_sourcelink = False
mathjax_path = "mathjax/tex-svg.js"
