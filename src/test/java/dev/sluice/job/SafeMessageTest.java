package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/** No value in a message writes a line of the log. */
class SafeMessageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"\n", "\r", "\r\n", "\t", "\u0000", "\u001b", "\u0085", "\u2028", "\u2029", "\u202e", "\u2066"})
    void aControlCharacterIsASpace(String character) {
        assertThat(SafeMessage.masked("a" + character + "FORGED")).isEqualTo("a FORGED");
    }

    @Test
    void otherTextStays() {
        assertThat(SafeMessage.masked("Grüße, 你好 'x' 😀")).isEqualTo("Grüße, 你好 'x' 😀");
    }

    @Test
    void theSentenceOfAFailureIsOneLine() {
        FaultClassifier faults = new FaultClassifier(new DefaultListableBeanFactory().getBeanProvider(FaultRule.class));

        assertThat(faults.judge(new JobFailure("The id 'a\nFORGED' is wrong.")).sentence())
                .isEqualTo("The id 'a FORGED' is wrong.");
    }
}
