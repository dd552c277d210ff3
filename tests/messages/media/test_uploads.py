"""Files at Meta: once for each number, used again, renewed, refused; and the sender that waits for them."""

from datetime import timedelta

import pytest

from tests.conftest import Time
from tests.messages.media.files import PDF, photo
from tests.messages.scene import Scene
from tests.messages.senders import sending, wait_for
from tests.simulator.running import Running
from tradewind.lib import clock
from tradewind.messages.media import actions, uploading
from tradewind.messages.media.models import MediaFile, MediaUpload
from tradewind.messages.models import Content, Message, Run
from tradewind.workspaces.models import Member

HEADER = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://example.com/a.jpg"]}}


@pytest.fixture
def scene(transactional_db: None, alice: Member, shared_simulator: Running) -> Scene:
    shared_simulator.admin("reset", {})
    return Scene.make(alice.workspace, shared_simulator.about, numbers=2)


def picture(member: Member) -> MediaFile:
    content = photo(900, 500)
    return actions.keep(workspace=member.workspace, member=member, name="spring.jpg", content=content)


def run_with(scene: Scene, simulator: Running, file: MediaFile) -> Run:
    """A run of a template with a picture on top, which Meta has approved."""
    waba = scene.about["numbers"][0]["waba_id"]
    body = {"type": "BODY", "text": "Hello {{1}}, your code is {{2}} today.", "example": {"body_text": [["A", "B"]]}}
    definition = {"name": "with_picture", "language": "en_US", "category": "UTILITY", "components": [HEADER, body]}
    simulator.http.post(f"/v26.0/{waba}/message_templates", json=definition)
    simulator.admin("templates", {"template": "with_picture", "status": "APPROVED"})
    run = scene.run(category="utility")
    payload = {"name": "with_picture", "language": "en_US", "parameter_format": "POSITIONAL",
               "components": [HEADER, body], "header_media": {"file": file.pk, "filename": file.name}}  # fmt: skip
    run.content = Content.objects.create(workspace=scene.workspace, created_at=clock.now(), payload=payload)
    run.save()
    return run


@pytest.mark.django_db(transaction=True)
def test_b11_a_file_is_uploaded_once_for_each_number_and_reused(scene: Scene, alice: Member) -> None:
    file = picture(alice)
    for _ in range(3):
        actions.want(file, scene.numbers)
        while uploading.step():
            pass
    rows = MediaUpload.objects.order_by("number_id")
    ids = [row.meta_id for row in rows]
    assert len(ids) == 2 and all(ids) and len(set(ids)) == 2
    assert [row.expires_at - row.uploaded_at for row in rows] == [timedelta(days=30)] * 2  # type: ignore[operator]


@pytest.mark.django_db(transaction=True)
def test_the_sender_waits_for_the_file_and_names_it_by_its_numbers_id(
    scene: Scene, alice: Member, shared_simulator: Running
) -> None:
    run = run_with(scene, shared_simulator, picture(alice))
    scene.queue(run, scene.people(4))
    before = len(shared_simulator.lines())
    with sending():
        wait_for(lambda: MediaUpload.objects.count() == 2)
        assert not Message.objects.exclude(state="queued").exists()
        uploading.step()
        wait_for(lambda: Message.objects.filter(state="accepted").count() == 4)
    assert len(shared_simulator.lines()) - before == 4


@pytest.mark.django_db(transaction=True)
def test_a_file_that_meta_lost_is_uploaded_anew_and_the_message_still_goes(
    scene: Scene, alice: Member, shared_simulator: Running
) -> None:
    file = picture(alice)
    run = run_with(scene, shared_simulator, file)
    actions.want(file, scene.numbers)
    uploading.step()
    MediaUpload.objects.update(meta_id="999999999")  # as if Meta had dropped it
    scene.queue(run, scene.people(2))
    with sending():
        wait_for(lambda: MediaUpload.objects.filter(meta_id="").count() == 2)
        uploading.step()
        wait_for(lambda: Message.objects.filter(state="accepted").count() == 2)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_meta_refuses_holds_its_run_and_says_why(
    scene: Scene, alice: Member, shared_simulator: Running
) -> None:
    file = picture(alice)
    run = run_with(scene, shared_simulator, file)
    MediaFile.objects.filter(pk=file.pk).update(mime="video/quicktime")
    actions.want(file, scene.numbers[:1])
    uploading.step()
    run.refresh_from_db()
    row = MediaUpload.objects.get()
    assert (run.state, row.meta_id) == ("paused", "")
    assert run.state_reason.startswith("media: ") and "video/quicktime" in row.problem
    assert uploading.step() is False  # it is not tried again and again


@pytest.mark.django_db(transaction=True)
def test_a_file_is_renewed_before_meta_forgets_it_while_a_run_needs_it(
    scene: Scene, alice: Member, shared_simulator: Running, still_time: Time
) -> None:
    file = picture(alice)
    other = actions.keep(workspace=alice.workspace, member=alice, name="a.pdf", content=PDF)
    run = run_with(scene, shared_simulator, file)
    for each in (file, other):
        actions.want(each, scene.numbers[:1])
    uploading.step()
    first = dict(MediaUpload.objects.values_list("file_id", "meta_id"))
    still_time.move(28 * 86_400)
    uploading.step()
    second = dict(MediaUpload.objects.values_list("file_id", "meta_id"))
    assert second[file.pk] != first[file.pk] and second[other.pk] == first[other.pk]
    Run.objects.filter(pk=run.pk).update(state="closed")
    still_time.move(28 * 86_400)
    uploading.step()
    assert dict(MediaUpload.objects.values_list("file_id", "meta_id")) == second


@pytest.mark.django_db(transaction=True)
def test_without_a_token_it_is_tried_later_with_more_and_more_time(scene: Scene, alice: Member) -> None:
    scene.numbers[0].account.token = None
    scene.numbers[0].account.save()
    actions.want(picture(alice), scene.numbers[:1])
    uploading.step()
    row = MediaUpload.objects.get()
    assert row.tries == 1 and "access token" in row.problem and row.next_try_at > clock.now()


@pytest.mark.django_db(transaction=True)
def test_the_sender_puts_each_numbers_ids_on_the_cards_of_a_carousel(
    scene: Scene, alice: Member, shared_simulator: Running
) -> None:
    files = [
        actions.keep(workspace=alice.workspace, member=alice, name=f"{n}.jpg", content=photo(700 + n, 400))
        for n in range(2)
    ]
    run = run_of_cards(scene, shared_simulator, files)
    scene.queue(run, scene.people(4))
    before = len(shared_simulator.lines())
    with sending():
        wait_for(lambda: MediaUpload.objects.count() == 4)
        uploading.step()
        wait_for(lambda: Message.objects.filter(state="accepted").count() == 4)
    assert len(shared_simulator.lines()) - before == 4
    assert MediaUpload.objects.exclude(meta_id="").values("meta_id").distinct().count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_card_that_meta_refuses_holds_the_run(scene: Scene, alice: Member, shared_simulator: Running) -> None:
    file = picture(alice)
    run = run_of_cards(scene, shared_simulator, [file, file])
    actions.want(file, scene.numbers[:1])
    uploading.settle(MediaUpload.objects.get(), uploading.Refusal("Wrong format.", is_final=True))
    run.refresh_from_db()
    assert run.state == "paused" and "Wrong format." in run.state_reason


def run_of_cards(scene: Scene, simulator: Running, files: list[MediaFile]) -> Run:
    """A run of a carousel with a file of ours on each card, which Meta has approved."""
    waba = scene.about["numbers"][0]["waba_id"]
    body = {"type": "BODY", "text": "Hello {{1}}, your code is {{2}} today.", "example": {"body_text": [["A", "B"]]}}
    cards = [{"components": [HEADER, {"type": "BODY", "text": f"Tent {n}"}]} for n in range(len(files))]
    parts = [body, {"type": "CAROUSEL", "cards": cards}]
    definition = {"name": "with_cards", "language": "en_US", "category": "MARKETING", "components": parts}
    simulator.http.post(f"/v26.0/{waba}/message_templates", json=definition)
    simulator.admin("templates", {"template": "with_cards", "status": "APPROVED"})
    run = scene.run()
    payload = {
        "name": "with_cards", "language": "en_US", "parameter_format": "POSITIONAL", "components": parts,
        "card_media": [{"file": file.pk, "filename": file.name} for file in files],
    }  # fmt: skip
    run.content = Content.objects.create(workspace=scene.workspace, created_at=clock.now(), payload=payload)
    run.save()
    return run
