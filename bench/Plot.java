import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Memory, open files and answer times over the minutes of a long run, as a picture that stands alone. */
record Plot(List<Sample> samples) {
    private static final int WIDTH = 720;
    private static final int LEFT = 60;
    private static final int PANEL = 130;
    private static final int GAP = 46;

    /** A line of a panel. */
    private record Curve(String name, String colour, ToDoubleFunction<Sample> value) {}

    String svg() {
        List<List<Curve>> panels = List.of(
                List.of(new Curve("memory, MB", "#1f5fa8", Sample::memory)),
                List.of(new Curve("open files", "#2c7a3f", Sample::files)),
                List.of(
                        new Curve("median, ms", "#8a5a00", sample -> sample.times().answer().median()),
                        new Curve("99 in 100, ms", "#b3261e", sample -> sample.times().answer().p99())));
        int height = panels.size() * (PANEL + GAP) + 20;
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="t" font-family="sans-serif" font-size="12">
                <title id="t">Memory, open files and answer times over %.0f minutes</title>
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                """.formatted(WIDTH, height, samples.getLast().minute()));
        for (int i = 0; i < panels.size(); i++) {
            panel(svg, panels.get(i), 30 + i * (PANEL + GAP));
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(StringBuilder svg, List<Curve> curves, int top) {
        double most = curves.stream()
                .flatMapToDouble(curve -> samples.stream().mapToDouble(curve.value()))
                .max()
                .orElse(1);
        double scale = nice(most);
        int x = LEFT;
        for (Curve curve : curves) {
            line(svg, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>", x, top - 6, curve.colour(), curve.name());
            x += 130;
        }
        for (int i = 0; i <= 2; i++) {
            double y = top + PANEL * (1 - i / 2.0);
            line(svg, "<path d=\"M%d %.1fH%d\" stroke=\"#cccccc\"/>", LEFT, y, WIDTH - 10);
            line(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#444444\">%s</text>", LEFT - 6, y + 4, number(scale * i / 2));
        }
        double minutes = samples.getLast().minute();
        for (int i = 0; i <= 6; i++) {
            double at = LEFT + (WIDTH - 10.0 - LEFT) * i / 6;
            line(svg, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#444444\">%s</text>", at, top + PANEL + 16, number(minutes * i / 6));
        }
        for (Curve curve : curves) {
            List<String> points = new ArrayList<>();
            for (Sample sample : samples) {
                double px = LEFT + (WIDTH - 10.0 - LEFT) * sample.minute() / minutes;
                double py = top + PANEL * (1 - curve.value().applyAsDouble(sample) / scale);
                points.add(String.format(Locale.ROOT, "%.1f,%.1f", px, py));
            }
            line(svg, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"%s\"/>", curve.colour(), String.join(" ", points));
        }
    }

    private static void line(StringBuilder svg, String form, Object... values) {
        svg.append(String.format(Locale.ROOT, form, values)).append('\n');
    }

    /** A round number above. */
    private static double nice(double most) {
        double step = Math.pow(10, Math.floor(Math.log10(Math.max(most, 0.1))));
        return Math.ceil(most / step * 2) / 2 * step;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? "" + (long) value : String.format(Locale.ROOT, "%.1f", value);
    }
}
