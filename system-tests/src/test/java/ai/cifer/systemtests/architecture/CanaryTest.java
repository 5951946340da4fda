package ai.cifer.systemtests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Rules that must fail. If one of them passes, the other tests of this package prove nothing.
class CanaryTest {

  @Test
  void aViolatedRuleFails() {
    assertThatThrownBy(() ->
            noClasses()
                .that()
                .resideInAPackage("ai.cifer.homocryption..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang..")
                .check(Project.main()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ai.cifer.homocryption");
  }

  @Test
  void aRuleAboutNothingFails() {
    assertThatThrownBy(() ->
            classes()
                .that()
                .resideInAPackage("ai.cifer.nosuchpackage..")
                .should()
                .bePublic()
                .check(Project.main()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("failed to check any classes");
  }
}
