package ai.cifer.secagg.message;

import static org.assertj.core.api.Assertions.assertThat;

import ai.cifer.secagg.TestFederation;
import ai.cifer.secagg.message.Samples.Sample;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class MessagePropertyTest {
  @Property(tries = 100)
  void whatIsWrittenIsReadAndWrittenAgainTheSame(@ForAll long seed) {
    Samples samples = new Samples(TestFederation.random(seed));
    for (Sample sample :
        Stream.concat(samples.all().stream(), Stream.of(samples.keyHello(), samples.drawnOpen()))
            .toList()) {
      byte[] bytes = sample.message().encode();
      Message read = sample.decode().apply(bytes);
      assertThat(read).isEqualTo(sample.message());
      assertThat(read.encode()).isEqualTo(bytes);
      assertThat(read.hash()).isEqualTo(sample.message().hash());
    }
  }
}
