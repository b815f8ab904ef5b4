package dev.ringlift.api.v1alpha1;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How server-side apply merges a list: becomes {@code x-kubernetes-list-type} (and {@code
 * x-kubernetes-list-map-keys}) in the schema, which the fabric8 generator has no annotation for.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.RECORD_COMPONENT})
public @interface ListType {

  /** The list type. */
  Kind value();

  /** For {@link Kind#MAP}: the fields of an item that identify it. */
  String[] keys() default {};

  /** The list types of Kubernetes. */
  enum Kind {
    /** Replaced as a whole. */
    ATOMIC,
    /** Scalars, each at most once. */
    SET,
    /** Objects, identified by their keys. */
    MAP
  }
}
