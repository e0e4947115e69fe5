#include "usage/shape_bytes.h"

#include <gtest/gtest.h>

namespace sluice::usage {
namespace {

StatementShape sample_shape() {
  StatementShape shape;
  shape.identity.text = "bot";
  shape.acts_for.text = "carol";
  shape.database.text = "shop";
  shape.tables = {"public.a", "public.b"};
  shape.columns = {{"public.a", "x", {"pii", "pci"}, sql::Use::predicate, true}, {"public.a", "y", {}, sql::Use::output, false}};
  shape.output_columns = 7;
  return shape;
}

TEST(ShapeBytes, ComeBackAsTheyWere) {
  const std::string bytes = encode_shape(sample_shape());
  const auto shape = decode_shape(bytes);
  ASSERT_TRUE(shape.ok());
  EXPECT_EQ(encode_shape(*shape), bytes);
  EXPECT_EQ(shape->columns[0].tags, sample_shape().columns[0].tags);
  EXPECT_EQ(shape->output_columns, 7u);
}

TEST(ShapeBytes, WhatIsCutOffOrTooLongIsRefused) {
  const std::string bytes = encode_shape(sample_shape());
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_shape(std::string_view(bytes).substr(0, size)).ok());
  EXPECT_FALSE(decode_shape(bytes + "x").ok());
}

TEST(ShapeBytes, DifferentShapesDiffer) {
  StatementShape other = sample_shape();
  other.tables = {"public.a"};
  other.columns[0].table = "public.b";
  EXPECT_NE(encode_shape(other), encode_shape(sample_shape()));
  other = sample_shape();
  other.columns[1].masked = true;
  EXPECT_NE(encode_shape(other), encode_shape(sample_shape()));
}

}  // namespace
}  // namespace sluice::usage
