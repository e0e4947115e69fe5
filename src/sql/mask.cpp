#include "sql/mask.h"

namespace sluice::sql {
namespace {

struct ReadsValue {
  bool operator()(const NullMask&) const { return false; }
  bool operator()(const ConstantMask&) const { return false; }
  bool operator()(const TokenMask&) const { return false; }
  bool operator()(const PartialMask&) const { return true; }
  bool operator()(const EmailMask&) const { return true; }
  bool operator()(const DateMask&) const { return true; }
  bool operator()(const BucketMask&) const { return true; }
  bool operator()(const PseudonymMask&) const { return true; }
};

}  // namespace

bool reads_value(const MaskingFunction& function) { return std::visit(ReadsValue{}, function); }

}  // namespace sluice::sql
