package ai.cifer.cli.plot;

import ai.cifer.cli.history.RunDocument;
import ai.cifer.training.data.ReplacedFile;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// The curves of a run as one PNG: accuracy, loss, bytes per client, and where the time went.
public final class Curves {

  /// The picture's name in the folder of a run.
  public static final String FILE = "curves.png";

  private static final int WIDTH = 620;
  private static final int HEIGHT = 400;
  private static final int TITLE_HEIGHT = 44;
  private static final int FONT_SIZE = 13;
  // Okabe and Ito's palette: told apart by people who do not see all colours.
  private static final Color BLUE = new Color(0x0072B2);
  private static final Color ORANGE = new Color(0xD55E00);
  private static final Color GREEN = new Color(0x009E73);
  private static final Color PURPLE = new Color(0xCC79A7);
  private static final Color GREY = new Color(0x767676);
  private static final Color LIGHT = new Color(0xC8C8C8);

  private Curves() {}

  /// Draws `run` to `file`, replacing it only when the picture is whole.
  ///
  /// @throws IOException if the file cannot be written
  public static void draw(RunDocument run, Path file) throws IOException {
    paint(title(run), List.of(accuracy(run), loss(run), bytes(run), seconds(run)), file);
  }

  /// Draws four charts under a title to `file`, replacing it only when the picture is whole.
  static void paint(String title, List<XYChart> charts, Path file) throws IOException {
    // Nobody may have a screen here, and no window is opened.
    System.setProperty("java.awt.headless", "true");
    BufferedImage picture =
        new BufferedImage(2 * WIDTH, 2 * HEIGHT + TITLE_HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, FONT_SIZE + 3));
    graphics.drawString(title, 16, 28);
    for (int i = 0; i < charts.size(); i++) {
      Graphics2D part =
          (Graphics2D)
              graphics.create((i % 2) * WIDTH, TITLE_HEIGHT + (i / 2) * HEIGHT, WIDTH, HEIGHT);
      charts.get(i).paint(part, WIDTH, HEIGHT);
      part.dispose();
    }
    graphics.dispose();
    try (ReplacedFile replaced = ReplacedFile.of(file)) {
      ImageIO.write(picture, "png", replaced.draft().toFile());
      replaced.commit();
    }
  }

  private static String title(RunDocument run) {
    return "run %s: %s, %s, encryption %s"
        .formatted(run.run(), run.strategy(), run.architecture(), run.encryption());
  }

  private static XYChart accuracy(RunDocument run) {
    XYChart chart = chart("Accuracy on the coordinator's data", "accuracy (%)");
    List<Double> rounds = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    RunDocument.Quality initial = run.initial();
    if (initial != null) {
      rounds.add(0.0);
      values.add(100 * initial.accuracy());
    }
    for (RunDocument.Round round : run.rounds()) {
      RunDocument.Quality quality = round.quality();
      if (quality != null) {
        rounds.add((double) round.round());
        values.add(100 * quality.accuracy());
      }
    }
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(100.0);
    line(chart, "accuracy", rounds, values, BLUE);
    return chart;
  }

  private static XYChart loss(RunDocument run) {
    XYChart chart = chart("Loss on the coordinator's data", "mean loss per example (nats)");
    List<Double> rounds = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    RunDocument.Quality initial = run.initial();
    if (initial != null) {
      rounds.add(0.0);
      values.add(initial.loss());
    }
    for (RunDocument.Round round : run.rounds()) {
      RunDocument.Quality quality = round.quality();
      if (quality != null) {
        rounds.add((double) round.round());
        values.add(quality.loss());
      }
    }
    chart.getStyler().setYAxisMin(0.0);
    line(chart, "loss", rounds, values, ORANGE);
    return chart;
  }

  private static XYChart bytes(RunDocument run) {
    XYChart chart = chart("Bytes per client and round", "MB (1,000,000 bytes)");
    List<Double> rounds = rounds(run);
    // First and broad: the others often run exactly along it.
    XYSeries model =
        line(chart, "model as float32", rounds, each(run, _ -> run.float32Bytes() / 1e6), LIGHT);
    if (model != null) {
      model.setLineStyle(new BasicStroke(7f));
      model.setMarker(SeriesMarkers.NONE);
    }
    line(chart, "up", rounds, each(run, round -> round.uploadBytesPerClient() / 1e6), BLUE);
    line(chart, "down", rounds, each(run, round -> round.downloadBytesPerClient() / 1e6), GREEN);
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  private static XYChart seconds(RunDocument run) {
    XYChart chart = chart("Where the time of a round went", "seconds");
    List<Double> rounds = rounds(run);
    line(chart, "total", rounds, each(run, round -> round.seconds().total()), GREY);
    line(chart, "train (slowest)", rounds, each(run, round -> round.seconds().train()), BLUE);
    line(chart, "encrypt (slowest)", rounds, each(run, round -> round.seconds().encrypt()), ORANGE);
    line(
        chart,
        "aggregate and open",
        rounds,
        each(run, round -> round.seconds().aggregate() + round.seconds().open()),
        PURPLE);
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  private static List<Double> rounds(RunDocument run) {
    return each(run, round -> round.round());
  }

  private static List<Double> each(RunDocument run, ToDoubleFunction<RunDocument.Round> value) {
    return run.rounds().stream().mapToDouble(value).boxed().toList();
  }

  static XYChart chart(String title, String yAxis) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("round")
            .yAxisTitle(yAxis)
            .theme(Styler.ChartTheme.XChart)
            .build();
    Font text = new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE);
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setChartTitleFont(text.deriveFont(Font.BOLD))
        .setChartTitleBoxVisible(false)
        .setLegendFont(text)
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setLegendLayout(Styler.LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE);
    chart
        .getStyler()
        .setAxisTitleFont(text)
        .setAxisTickLabelsFont(text.deriveFont((float) FONT_SIZE - 1))
        .setXAxisDecimalPattern("0")
        .setYAxisDecimalPattern("#,##0.###")
        .setPlotGridLinesColor(new Color(0xDDDDDD))
        .setPlotBorderVisible(false);
    return chart;
  }

  // A run without data, or without a round so far, has nothing to draw a line through.
  static @Nullable XYSeries line(
      XYChart chart, String name, List<Double> x, List<Double> y, Color colour) {
    if (y.isEmpty()) {
      return null;
    }
    XYSeries series = chart.addSeries(name, x, y);
    series.setLineColor(colour);
    series.setLineStyle(new BasicStroke(2f));
    series.setMarker(SeriesMarkers.CIRCLE);
    series.setMarkerColor(colour);
    return series;
  }
}
