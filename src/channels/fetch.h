#pragma once

#include "channels/key_source.h"
#include "net/url_call.h"

namespace sluice::channels {

/// Gets a URL's body with these options: only status 200 counts.
[[nodiscard]] KeySource::Fetch fetch_with(net::CallOptions options);

}  // namespace sluice::channels
