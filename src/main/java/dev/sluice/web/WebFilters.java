package dev.sluice.web;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.UrlHandlerFilter;

/** Sets up the filters that the framework has for this. */
@Configuration(proxyBeanMethods = false)
class WebFilters {
    /** A path with a slash at its end means the same without it. */
    @Bean
    FilterRegistrationBean<UrlHandlerFilter> trailingSlashFilter() {
        FilterRegistrationBean<UrlHandlerFilter> filter = new FilterRegistrationBean<>(
                UrlHandlerFilter.trailingSlashHandler("/fhir/**").wrapRequest().build());
        filter.setOrder(FilterOrder.TRAILING_SLASH);
        return filter;
    }
}
