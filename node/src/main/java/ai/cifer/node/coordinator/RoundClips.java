package ai.cifer.node.coordinator;

import ai.cifer.fedlearn.tensor.ModelLayout;
import ai.cifer.fedlearn.tensor.Segment;
import ai.cifer.fedlearn.tensor.Tensors;
import ai.cifer.fedlearn.train.ClientFigures;
import ai.cifer.fedlearn.train.TrainConfig;
import ai.cifer.secagg.plan.ClipRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The clips of all tensors that clients send: of those of the model as the config says, of the
/// vectors beside them alike, of single numbers from the last round.
public final class RoundClips {

  /// A single client's number may be larger than the mean by this much.
  private static final float NUMBER_FACTOR = 16;

  /// What is lost in the step of a clip is smaller than it by 2^16 at least (PROTOCOL 2.2).
  private static final float NUMBER_SHRINK = 256;

  /// Smaller numbers are rounding of float32 beside losses.
  private static final float LEAST_NUMBER = 1e-9f;

  private RoundClips() {}

  /// Those of the first round. With differential privacy they follow from its noise.
  ///
  /// @param bits of a value
  /// @throws IllegalArgumentException if the config's clips do not fit the model
  public static List<Float> first(ClipRule rule, TrainConfig train, ModelLayout model, int bits) {
    if (train.privacy().isPresent()) {
      return Collections.nCopies(
          train.upload(model).tensors().size(), train.privacy().get().clip(bits));
    }
    List<Float> clips = new ArrayList<>(train.rule().firstClips(rule.begin(model), train));
    if (train.evaluated()) {
      clips.addAll(ClientFigures.CLIPS);
    }
    return clips;
  }

  /// Those of the round after this one.
  ///
  /// @param mean of what the clients of this round sent
  /// @param abandoned segments that were not opened: tensors of which they hold a part keep their
  ///   clips, since their mean is not known
  static List<Float> next(RoundSetting setting, Tensors mean, List<Segment> abandoned) {
    if (setting.train().privacy().isPresent()) {
      return setting.clips();
    }
    List<Float> clips = new ArrayList<>(setting.config().clip().next(setting.clips(), mean));
    int figures = setting.train().evaluated() ? ClientFigures.CLIPS.size() : 0;
    int end = clips.size() - figures;
    for (int i = 0; i < figures; i++) {
      clips.set(end + i, ClientFigures.CLIPS.get(i));
    }
    for (int i = end - setting.train().rule().numbers(); i < end; i++) {
      clips.set(i, number(setting.clips().get(i), mean.get(mean.layout().offset(i))));
    }
    for (Segment segment : abandoned) {
      int first = mean.layout().indexAt(segment.from());
      int last = mean.layout().indexAt(segment.from() + segment.size() - 1);
      for (int i = first; i <= last; i++) {
        clips.set(i, setting.clips().get(i));
      }
    }
    return clips;
  }

  /// The clip of a single number.
  ///
  /// @param clip of the last round
  /// @param mean of the last round; 0 where the clip was so wide that its step hid the numbers
  static float number(float clip, float mean) {
    return mean == 0
        ? Math.max(LEAST_NUMBER, clip / NUMBER_SHRINK)
        : NUMBER_FACTOR * Math.abs(mean);
  }
}
