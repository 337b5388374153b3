package dev.sluice;

import dev.sluice.filter.FilterCompiler;
import dev.sluice.filter.FilterIndex;
import dev.sluice.filter.TypeFilterParser;
import dev.sluice.json.MemoryBudget;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.RootElements;
import dev.sluice.r4.SearchParameters;
import dev.sluice.r4.TokenIndex;
import dev.sluice.web.BaseUrl;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Creates the beans of the packages {@code r4} and {@code filter}, which do not know Spring. */
@Configuration(proxyBeanMethods = false)
@Import({
    SearchParameters.class,
    TokenIndex.class,
    RootElements.class,
    PatientCompartment.class,
    FilterIndex.class,
    FilterCompiler.class
})
class R4Configuration {
    @Bean
    TypeFilterParser typeFilterParser(SearchParameters parameters, BaseUrl base, MemoryBudget memory) {
        return new TypeFilterParser(parameters, base.own(), memory);
    }
}
