package dev.sluice;

import dev.sluice.blob.BlobStore;
import dev.sluice.filter.FilterCompiler;
import dev.sluice.filter.FilterIndex;
import dev.sluice.filter.TypeFilterParser;
import dev.sluice.json.MemoryBudget;
import dev.sluice.output.UnitWriter;
import dev.sluice.r4.PatientCompartment;
import dev.sluice.r4.RootElements;
import dev.sluice.r4.SearchParameters;
import dev.sluice.r4.TokenIndex;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import dev.sluice.store.StoreInfo;
import dev.sluice.web.BaseUrl;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Creates the beans for the definitions of R4, with the base URLs that mean this server. */
@Configuration(proxyBeanMethods = false)
class R4Configuration {
    @Bean
    SearchParameters searchParameters() {
        return new SearchParameters();
    }

    @Bean
    TokenIndex codeIndex(SearchParameters parameters) {
        return new TokenIndex(parameters);
    }

    @Bean
    RootElements rootElements() {
        return new RootElements();
    }

    @Bean
    PatientCompartment patientCompartment(SearchParameters parameters) {
        return new PatientCompartment(parameters);
    }

    @Bean
    FilterIndex filterIndex(TokenIndex codes, PatientCompartment compartment, StoreInfo store) {
        return new FilterIndex(codes, compartment, store);
    }

    @Bean
    TypeFilterParser typeFilterParser(SearchParameters parameters, BaseUrl base) {
        return new TypeFilterParser(parameters, base.own());
    }

    @Bean
    FilterCompiler filterCompiler(SearchParameters parameters, RowReader rows, RowStream stream, FilterIndex index) {
        return new FilterCompiler(parameters, rows, stream, index);
    }

    @Bean
    UnitWriter unitWriter(RowStream rows, FilterCompiler filters, BlobStore blobs, MemoryBudget memory) {
        return new UnitWriter(rows, filters, blobs, memory);
    }
}
