#include "tools/emulator/emulator.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "tools/emulator/admin.h"
#include "tools/emulator/api_form.h"
#include "tools/emulator/b2_error.h"
#include "tools/emulator/native_api.h"
#include "tools/emulator/pace.h"
#include "tools/emulator/s3_api.h"
#include "tools/emulator/server.h"
#include "tools/emulator/spoil.h"
#include "tools/emulator/test_mode.h"

namespace annofs::emulator {
namespace {

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

Reply HangUp() {
  Reply reply;
  reply.hang_up = true;
  return reply;
}

// JSON is small, XML may name thousands of keys or parts; a file's content may be as large as what
// the store takes in one piece.
uint64_t BodyLimit(absl::string_view method, absl::string_view target) {
  constexpr uint64_t kJson = 1 << 20;
  constexpr uint64_t kXml = 8 << 20;
  constexpr uint64_t kContent = 1 << 30;
  bool upload = absl::StrContains(target, "/b2_upload_file/") ||
                absl::StrContains(target, "/b2_upload_part/") || method == "PUT";
  if (upload) return kContent;
  bool api = absl::StartsWith(target, "/b2api/") || absl::StartsWith(target, kAdminPath);
  return api ? kJson : kXml;
}

class Service : public Emulator {
 public:
  Service(const EmulatorOptions& options, int port)
      : url_(absl::StrCat("http://127.0.0.1:", port)),
        account_(options.key),
        settings_(options.settings),
        admin_({.traffic = traffic_,
                .faults = faults_,
                .gate = gate_,
                .settings = settings_,
                .caps = caps_,
                .clock = clock_}) {
    faults_.Add(options.faults);
    clock_.OnAdvance([this](absl::Time before, absl::Time after) {
      if (DayOf(before) != DayOf(after)) caps_.Reset();
    });
  }

  // The server's destructor waits for handlers, so nothing may hold them any more.
  ~Service() override {
    gate_.Stop();
    server_.reset();
  }

  absl::Status Start(const EmulatorOptions& options, UniqueFd socket) {
    ASSIGN_OR_RETURN(store_, ObjectStore::Open(options.buckets, account_.id()));
    ApiContext context{
        .account = account_, .store = *store_, .clock = clock_, .settings = settings_, .url = url_};
    native_.emplace(context);
    s3_.emplace(context);
    clock_.OnAdvance([this](absl::Time before, absl::Time after) {
      // Once a day, as the service does.
      for (absl::Time day = before + absl::Hours(24); day < after; day += absl::Hours(24)) {
        store_->RunLifecycle(day);
      }
      store_->RunLifecycle(after);
    });
    ASSIGN_OR_RETURN(server_, NewHttpServer(std::move(socket), &BodyLimit, [this](Request request) {
                       return Serve(std::move(request));
                     }));
    return absl::OkStatus();
  }

  const std::string& url() const override { return url_; }

  std::string Announcement() const override {
    JsonWriter json;
    json.BeginObject().Key("url").String(url_).Key("admin").String(absl::StrCat(url_, kAdminPath));
    json.Key("keyId").String(account_.first_key().id);
    json.Key("applicationKey").String(account_.first_key().secret);
    json.Key("region").String(kRegion).EndObject();
    return json.Take();
  }

 private:
  const std::string url_;
  EmulatorClock clock_;
  Account account_;
  Settings settings_;
  RateLimit rate_;
  ByteRate bandwidth_;
  Caps caps_;
  Gate gate_;
  Faults faults_;
  TestModes test_modes_;
  Traffic traffic_;
  Admin admin_;
  std::unique_ptr<ObjectStore> store_;
  std::optional<NativeApi> native_;
  std::optional<S3Api> s3_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use all the others

  static absl::string_view CounterName(const Route& route) {
    return route.api == Api::kS3 ? S3Api::CounterName(route) : NativeApi::CounterName(route);
  }

  std::string SubjectOf(const Route& route, const Request& request) const {
    return route.api == Api::kS3 ? S3Api::SubjectOf(route, request)
                                 : native_->SubjectOf(route, request);
  }

  Reply Serve(Request request) {
    Route route = RouteOf(request);
    if (route.api == Api::kAdmin) return admin_.Answer(route, request);
    absl::string_view operation = CounterName(route);
    Billing billing = BillingOf(operation, request);
    Arrival arrival = traffic_.Arrive(ApiName(route.api), operation, billing);
    Reply reply = Admit({.route = route, .operation = operation, .billing = billing}, request);
    traffic_.Answer(arrival, request, reply);
    return reply;
  }

  // A request on its way.
  struct Passage {
    const Route& route;
    absl::string_view operation;
    Billing billing;
  };

  // As rate and caps let it pass.
  Reply Admit(const Passage& passage, Request& request) {
    Switches now = settings_.Now();
    Api api = passage.route.api;
    Reply reply;
    if (!rate_.Admit(absl::Now(), now.rate)) {
      reply = RateReplyOf(api, static_cast<int>(now.retry_after));
    } else if (!caps_.ChargeCall(passage.billing, now)) {
      reply = CapReplyOf(api, "transaction_cap_exceeded", "Transaction cap exceeded.");
    } else {
      reply = HoldAndShape(passage, request);
    }
    if (now.close_connections) ReplaceHeader("Connection", "close", reply.headers);
    return reply;
  }

  // An upload token serves one upload at a time.
  Reply HoldAndShape(const Passage& passage, Request& request) {
    auto held = native_->HoldUpload(passage.route, request);
    return held.ok() ? Shape(passage, request) : ErrorReply(held.status());
  }

  // The API's answer, as latency and faults let it pass.
  Reply Shape(const Passage& passage, Request& request) {
    Gate::Ticket ticket = gate_.TakeTicket();  // before the fault: a clearing in between releases
    FaultEffect effect = TakeFault(passage, request);
    absl::Duration delay = settings_.DrawLatency() + effect.delay;
    if (delay > absl::ZeroDuration() && gate_.Delay(delay) == WaitResult::kGiveUp) return HangUp();
    if (effect.stall && gate_.Stall(ticket, request.socket) == WaitResult::kGiveUp) return HangUp();
    if (effect.reset) return HangUp();
    SpoilRequest(effect, request);
    Reply reply = Answers(effect) ? AnswerOf(effect, passage.route.api) : Answer(passage, request);
    SpoilReply(effect, reply);
    reply.delivery.pace = PaceOf({.gate = gate_,
                                  .shared = bandwidth_,
                                  .settings = settings_,
                                  .ticket = ticket,
                                  .socket = request.socket},
                                 effect);
    return reply;
  }

  Reply Answer(const Passage& passage, Request& request) {
    const Route& route = passage.route;
    Reply reply =
        route.api == Api::kS3 ? s3_->Answer(route, request) : native_->Answer(route, request);
    bool content = passage.billing.download && reply.status < 300 && request.method != "HEAD";
    if (content && !caps_.ChargeDownload(BodySize(reply.body), settings_.Now())) {
      return CapReplyOf(passage.route.api, "download_cap_exceeded", "Download cap exceeded.");
    }
    return reply;
  }

  FaultEffect TakeFault(const Passage& passage, const Request& request) {
    std::optional<FaultEffect> effect;
    if (!faults_.empty()) {
      effect = faults_.Take({.operation = passage.operation,
                             .method = request.method,
                             .target = request.target.raw,
                             .name = SubjectOf(passage.route, request)});
    }
    if (!effect) effect = test_modes_.Take(passage.operation, request);
    return effect.value_or(FaultEffect());
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Emulator>> StartEmulator(const EmulatorOptions& options) {
  ASSIGN_OR_RETURN(Listening listening, ListenOnLoopback(options.port));
  auto service = std::make_unique<Service>(options, listening.port);
  RETURN_IF_ERROR(service->Start(options, std::move(listening.socket)));
  return service;
}

}  // namespace annofs::emulator
