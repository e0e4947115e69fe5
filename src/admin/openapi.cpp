// docs/openapi.yaml, as it was when this was built.
#include "admin/endpoints.h"

namespace sluice::admin {

namespace {
constexpr const char* kText =
#include "admin/openapi_text.inc"
    ;
}

Answer describe_api(Call call) {
  SLUICE_CO_TRY(no_query, query_of(call, {}));
  net::HttpResponse response;
  response.content_type = "application/yaml";
  response.body = kText;
  co_return response;
}

}  // namespace sluice::admin
