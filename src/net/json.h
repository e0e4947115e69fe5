#pragma once

#include "base/untrusted_json.h"

namespace sluice::net {

using sluice::parse_untrusted;

}  // namespace sluice::net
