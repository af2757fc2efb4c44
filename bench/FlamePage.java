import java.util.List;
import java.util.Locale;

/** One page without outside resources: the flame graph, the hottest methods, and our own events. */
final class FlamePage {
    /** Share of all samples below which a frame is left out. */
    private static final double THINNEST = 0.0005;

    private final Stacks stacks;
    private final StringBuilder frames = new StringBuilder();
    private int deepest;

    private FlamePage(Stacks stacks) {
        this.stacks = stacks;
    }

    /**
     * The page.
     *
     * @param title what was recorded
     * @param text what the script prints
     */
    static String of(Stacks stacks, String title, List<String> text) {
        FlamePage page = new FlamePage(stacks);
        page.frame(stacks.top, 0, 0);
        return PAGE.replace("@title@", escaped(title))
                .replace("@height@", Integer.toString((page.deepest + 1) * 18))
                .replace("@text@", escaped(String.join("\n", text)))
                .replace("@frames@", page.frames);
    }

    /** Frames in the order of a walk: a frame, then what it called. From is in samples from the left. */
    private void frame(Stacks.Frame frame, int from, int depth) {
        double all = Math.max(1, stacks.top.samples);
        if (frame.samples / all < THINNEST) {
            return;
        }
        deepest = Math.max(deepest, depth);
        String share = String.format(Locale.ROOT, "%.2f %%", 100 * frame.samples / all);
        String name = escaped(frame.name);
        frames.append("<div role=\"treeitem\" aria-level=\"").append(depth + 1).append("\" tabindex=\"").append(depth == 0 ? 0 : -1)
                .append("\" class=\"").append(kind(frame.name))
                .append("\" data-x=\"").append(from).append("\" data-w=\"").append(frame.samples).append("\" data-d=\"").append(depth)
                .append("\" style=\"left:").append(percent(from / all)).append(";width:").append(percent(frame.samples / all))
                .append(";top:").append(depth * 18).append("px\" title=\"").append(name).append(": ").append(share)
                .append(", ").append(frame.samples).append(" samples\">").append(brief(name)).append("</div>\n");
        int left = from;
        for (Stacks.Frame callee : frame.children()) {
            frame(callee, left, depth + 1);
            left += callee.samples;
        }
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.4f%%", 100 * part);
    }

    private static String kind(String name) {
        if (name.startsWith("dev.nexthop.")) {
            return "ours";
        }
        boolean jdk = name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.") || name.startsWith("javax.");
        return jdk ? "jdk" : name.startsWith("[") || name.equals("all") ? "root" : "library";
    }

    /** The class and the method, without the package. */
    private static String brief(String name) {
        int method = name.lastIndexOf('.');
        int type = method < 0 ? -1 : name.lastIndexOf('.', method - 1);
        return name.startsWith("[") ? name : name.substring(type + 1);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static final String PAGE = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>@title@</title>
            <style>
            body { font: 14px sans-serif; margin: 1em; color: #111; background: #fff }
            #graph { position: relative; height: @height@px; border: 1px solid #888; overflow: hidden }
            #graph div { position: absolute; height: 17px; overflow: hidden; white-space: nowrap; font: 11px/17px monospace; color: #000;
              box-sizing: border-box; border-left: 1px solid #fff; cursor: pointer }
            #graph div:focus { outline: 2px solid #00c; outline-offset: -2px; z-index: 2 }
            .ours { background: #ffb060 } .jdk { background: #b8e0a8 } .library { background: #a8d0f0 } .root { background: #ddd }
            #graph .found { background: #e090e0 } #graph .gone { display: none }
            #what { min-height: 1.4em; font-family: monospace }
            </style></head><body>
            <h1>@title@</h1>
            <p>Wide means many samples; a frame stands above those that it called. <span class="ours">Nexthop</span>,
            <span class="jdk">JDK</span>, <span class="library">libraries</span>, <span class="root">threads</span>.
            Keys: arrows walk, Enter or Space zooms, Escape zooms out; a search colours.</p>
            <p><label>Search <input id="search" type="search"></label> <span id="hits" role="status"></span></p>
            <p id="what" role="status" aria-live="polite"></p>
            <div id="graph" role="tree" aria-label="Flame graph">
            @frames@</div>
            <h2>In words</h2>
            <pre>@text@</pre>
            <script>
            const graph = document.getElementById('graph'), what = document.getElementById('what');
            const all = [...graph.children].map(e => ({ e, x: +e.dataset.x, w: +e.dataset.w, d: +e.dataset.d }));
            const of = new Map(all.map(f => [f.e, f]));
            let zoomed = all[0];
            const inside = (f, g) => f.x >= g.x && f.x + f.w <= g.x + g.w;
            function zoom(to) {
              zoomed = to;
              for (const f of all) {
                const above = f.d <= to.d && inside(to, f), below = f.d > to.d && inside(f, to);
                f.e.classList.toggle('gone', !above && !below);
                f.e.style.left = above ? '0' : 100 * (f.x - to.x) / to.w + '%';
                f.e.style.width = above ? '100%' : 100 * f.w / to.w + '%';
              }
            }
            function go(f) {
              if (!f) return;
              all.forEach(g => g.e.tabIndex = -1);
              f.e.tabIndex = 0;
              f.e.focus();
            }
            const shown = f => !f.e.classList.contains('gone');
            const row = f => all.filter(g => g.d === f.d && shown(g)).sort((a, b) => a.x - b.x);
            graph.addEventListener('focusin', event => { what.textContent = event.target.title });
            graph.addEventListener('mouseover', event => { if (of.has(event.target)) what.textContent = event.target.title });
            graph.addEventListener('click', event => { const f = of.get(event.target); if (f) { zoom(f); go(f); } });
            graph.addEventListener('keydown', event => {
              const f = of.get(event.target);
              if (!f) return;
              const key = event.key, line = row(f), at = line.indexOf(f);
              if (key === 'ArrowDown') go(all.find(g => g.d === f.d + 1 && inside(g, f) && shown(g)));
              else if (key === 'ArrowUp') go(all.find(g => g.d === f.d - 1 && inside(f, g)));
              else if (key === 'ArrowRight') go(line[at + 1]);
              else if (key === 'ArrowLeft') go(line[at - 1]);
              else if (key === 'Enter' || key === ' ') zoom(f);
              else if (key === 'Escape') zoom(all[0]);
              else return;
              event.preventDefault();
            });
            document.getElementById('search').addEventListener('input', event => {
              const word = event.target.value.toLowerCase();
              let samples = 0, end = -1;
              for (const f of all) {
                const hit = word && f.e.title.toLowerCase().includes(word);
                f.e.classList.toggle('found', !!hit);
                if (hit && f.x >= end) { samples += f.w; end = f.x + f.w; }
              }
              document.getElementById('hits').textContent =
                word ? (100 * samples / all[0].w).toFixed(1) + ' % of the samples' : '';
            });
            </script>
            </body></html>
            """;
}
