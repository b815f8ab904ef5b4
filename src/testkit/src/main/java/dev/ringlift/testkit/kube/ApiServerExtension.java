package dev.ringlift.testkit.kube;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests an {@link ApiServer} as a parameter: one for all tests of this JVM, so each works in
 * a namespace of its own ({@link ApiServer#newNamespace}). A test that kills it starts its own
 * instead.
 */
public final class ApiServerExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(ApiServerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ApiServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // kept in the root context: JUnit closes it after the last test
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent("server", key -> ApiServer.start(), ApiServer.class);
  }
}
