#include "gateway/upstream_connection.h"

#include <utility>

namespace sluice::gateway {

namespace {
// Never valid SQL, in any version: the upstream's own log shows at a glance where it comes from.
constexpr std::string_view kRefused = "sluice refused this statement";
// Agents cannot use these names by accident, and a clash would only make the agent's own Parse fail.
constexpr std::string_view kOwnName = "sluice_own";
}  // namespace

UpstreamConnection::UpstreamConnection(std::unique_ptr<net::ByteStream> stream, UpstreamKey key, UpstreamServer server,
                                       protocol::UpstreamSession session, std::string read_ahead)
    : stream_(std::move(stream)), key_(std::move(key)), server_(std::move(server)), session_(std::move(session)), read_ahead_(std::move(read_ahead)) {}

void UpstreamConnection::query(const Permit& permit, const protocol::MessageView& original) {
  const auto& upstream = permit.plan().upstream;
  if (!upstream) return pass(original);
  protocol::QueryView{upstream->text()}.encode(buffer_);
}

void UpstreamConnection::parse(const plan::TextPlan& plan, protocol::ParseView parse, const protocol::MessageView& original) {
  if (!plan.upstream) return pass(original);
  parse.query = plan.upstream->text();
  parse.encode(buffer_);
}

void UpstreamConnection::execute(const Permit&, const protocol::MessageView& original) { pass(original); }

void UpstreamConnection::function_call(const Permit&, const protocol::MessageView& original) { pass(original); }

void UpstreamConnection::part(const Permit& permit, std::string_view source, bool binary) {
  const auto& upstream = permit.plan().upstream;
  protocol::ParseView{{}, upstream ? std::string_view(upstream->text()) : source, {}}.encode(buffer_);
  std::string format;
  protocol::BindView bind;
  if (binary) bind.result_formats = protocol::WireArrayView<std::int16_t>::make(format, std::vector<std::int16_t>{1});
  bind.encode(buffer_);
  protocol::DescribeView{protocol::NamedObject::portal, {}}.encode(buffer_);
  protocol::ExecuteView{{}, 0}.encode(buffer_);
}

void UpstreamConnection::run_own(std::string_view sql) {
  protocol::ParseView{{}, sql, {}}.encode(buffer_);
  protocol::BindView{}.encode(buffer_);
  protocol::ExecuteView{{}, 0}.encode(buffer_);
}

void UpstreamConnection::begin_block() { run_own("BEGIN"); }

void UpstreamConnection::end_parts(bool block, bool failed) {
  if (block && failed) protocol::Sync{}.encode(buffer_);
  if (block) run_own(failed ? "ROLLBACK" : "COMMIT");
  protocol::CloseView{protocol::NamedObject::statement, {}}.encode(buffer_);
  protocol::Sync{}.encode(buffer_);
}

void UpstreamConnection::fail_query() { protocol::QueryView{kRefused}.encode(buffer_); }

void UpstreamConnection::fail_parse() { protocol::ParseView{kOwnName, kRefused, {}}.encode(buffer_); }

// No function has the oid 0.
void UpstreamConnection::fail_function_call() { protocol::FunctionCallView{}.encode(buffer_); }

void UpstreamConnection::ask(std::string_view sql, const protocol::BindView& parameters, const protocol::WireArrayView<Oid>& types, bool sync) {
  protocol::ParseView{kOwnName, sql, types}.encode(buffer_);
  protocol::BindView bind = parameters;
  bind.portal = kOwnName;
  bind.statement = kOwnName;
  bind.result_formats = {};
  bind.encode(buffer_);
  protocol::ExecuteView{kOwnName, 0}.encode(buffer_);
  protocol::CloseView{protocol::NamedObject::portal, kOwnName}.encode(buffer_);
  protocol::CloseView{protocol::NamedObject::statement, kOwnName}.encode(buffer_);
  sync ? protocol::Sync{}.encode(buffer_) : protocol::Flush{}.encode(buffer_);
}

void UpstreamConnection::flush_request() { protocol::Flush{}.encode(buffer_); }

void UpstreamConnection::terminate() { protocol::Terminate{}.encode(buffer_); }

net::awaitable<Status> UpstreamConnection::flush() {
  if (buffer_.empty()) co_return Done{};
  writing_.swap(buffer_);
  Status status = co_await stream_->write(writing_);
  writing_.clear();
  if (writing_.capacity() > 256 * 1024) writing_ = {};
  co_return status;
}

}  // namespace sluice::gateway
