"""Custom models: data is uploaded, a base model is trained on it, and the result can be talked to.

Belongs here: datasets, training_sessions and models, from their first row to their deletion. Does not: chats with a
model (chats.py). These writers do keep updated_at, but for that of models.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from simulator.chance import weighted
from simulator.custom_gpt import billing, chats, operations, schema, tunables
from simulator.custom_gpt.world import Chore, World

UPLOAD, MAKE_MODEL, DELETE_MODEL = "upload data", "make a model", "delete model"
PROCESS, TRAIN = "process data", "train"
START, END = "start training", "end training"


def chores_of_user(world: World, user: Any) -> Iterable[Chore]:
    chance, ident = world.chance, user.id
    pays = billing.wanted_tier(world, user) is not None
    since = billing.upgrade_day(world, user) if pays else 0
    if pays and chance.hits("uploads", ident, tunables.UPLOADERS_SHARE):
        yield since + chance.span("uploaded", ident, *tunables.UPLOADED_AFTER), UPLOAD
    if chance.hits("plain model", ident, tunables.PLAIN_MODEL_SHARE["paid" if pays else "free"]):
        yield since + chance.span("made", ident, *tunables.PLAIN_MODEL_AFTER), MAKE_MODEL


def chores_of_dataset(world: World, dataset: Any) -> Iterable[Chore]:
    yield 1, PROCESS
    yield world.chance.span("trained", dataset.id, *tunables.TRAINED_AFTER), TRAIN
    if world.chance.hits("again", dataset.id, tunables.SECOND_TRAINING_SHARE):
        yield world.chance.span("trained again", dataset.id, *tunables.TRAINED_AGAIN_AFTER), TRAIN


def chores_of_session(world: World, session: Any) -> Iterable[Chore]:
    yield 1, START
    yield world.chance.span("ended", session.id, 2, 4), END


def chores_of_model(world: World, model: Any) -> Iterable[Chore]:
    if world.chance.hits("deleted", model.id, tunables.MODEL_DELETED_SHARE):
        yield world.chance.span("deleted after", model.id, *tunables.MODEL_DELETED_AFTER), DELETE_MODEL


def live(world: World) -> None:
    _delete_models(world)
    _datasets(world)
    _end_sessions(world)
    _start_sessions(world)
    rng = world.rng("models")
    for user in world.due(MAKE_MODEL, world.users):
        _new_model(world, user.id, world.today.at(rng.uniform(20000, 70000)), is_public=rng.random() < 0.4)


def _datasets(world: World) -> None:
    rng = world.rng("datasets")
    for user in world.due(UPLOAD, world.users):
        moment = world.today.at(rng.uniform(30000, 70000))
        dataset = world.add(
            schema.DATASETS,
            user_id=user.id,
            name=f"Letters of {user.first_name}",
            description=f"What {user.email} wrote",
            file_path=f"/uploads/{user.username}.bin",
            file_size_mb=round(math.exp(rng.gauss(1.5, 1)), 2),
            total_samples=rng.randint(50, 5000),
            data_format=weighted(rng.random(), tunables.FORMATS),
            status="uploaded",
            created_at=moment,
            updated_at=moment,
        )
        operations.audit(world, moment, user.id, "dataset.upload", "dataset", dataset.id)
    for dataset in world.due(PROCESS, world.datasets):
        moment = world.today.at(rng.uniform(3000, 20000))
        fails = rng.random() < tunables.DATASET_FAILS_SHARE
        dataset.status, dataset.updated_at = "error" if fails else "ready", moment
        if fails:
            dataset.processing_error = f"line 7 of {dataset.file_path} cannot be read"
        else:
            dataset.processed_at = moment
            dataset.quality_score = round(rng.uniform(0.5, 1), 3)
            dataset.duplicate_count = int(dataset.total_samples * rng.random() * 0.1)
            dataset.average_length = round(rng.uniform(20, 400), 1)
        world.datasets.touch(dataset)


def _start_sessions(world: World) -> None:
    rng = world.rng("trainings")
    for session in world.due(START, world.trainings):
        moment = world.today.at(rng.uniform(1000, 80000))
        session.status, session.started_at, session.updated_at = "running", moment, moment
        session.estimated_completion = moment + timedelta(hours=20)
        session.progress_percentage, session.current_epoch = float(rng.randint(1, 60)), 1
        world.trainings.touch(session)
    for dataset in world.due(TRAIN, world.datasets):
        if dataset.status != "ready":
            continue
        moment = world.today.at(rng.uniform(30000, 80000))
        session = world.add(
            schema.TRAININGS,
            user_id=dataset.user_id,
            dataset_id=dataset.id,
            name=f"{dataset.name}, again",
            experiment_name="style",
            base_model=weighted(rng.random(), tunables.BASE_MODELS),
            status="queued",
            progress_percentage=0.0,
            current_epoch=0,
            total_epochs=rng.randint(2, 6),
            created_at=moment,
            updated_at=moment,
        )
        operations.audit(world, moment, dataset.user_id, "training.start", "training_session", session.id)


def _end_sessions(world: World) -> None:
    """A session ends; only one that completed leaves a model. Its hours are booked whatever came of it."""
    rng, plans = world.rng("training ends"), billing.plans(world)
    median, spread = tunables.GPU_HOURS
    for session in world.due(END, world.trainings):
        moment = world.today.at(rng.uniform(1000, 80000))
        end = weighted(rng.random(), tunables.TRAINING_ENDS)
        hours = round(median * math.exp(rng.gauss(0, spread)) * (1 if end == "completed" else 0.4), 3)
        session.status, session.completed_at, session.updated_at = end, moment, moment
        session.gpu_hours_used, session.compute_cost = hours, round(hours * tunables.GPU_HOUR_USD, 2)
        world.trainings.touch(session)
        operation, model_id = "training" if rng.random() < 0.5 else "fine_tuning", None
        if end == "completed":
            session.progress_percentage, session.current_epoch = 100.0, session.total_epochs
            session.final_loss = round(rng.uniform(0.2, 1.5), 4)
            session.final_accuracy = round(rng.uniform(0.6, 0.97), 4)
            model = _new_model(
                world, session.user_id, moment,
                is_public=rng.random() < 0.25,
                model_type="fine_tuned" if operation == "fine_tuning" else "adapter",
                base_model=session.base_model,
                training_session_id=session.id,
                dataset_id=session.dataset_id,
                training_accuracy=session.final_accuracy,
                validation_accuracy=round(float(session.final_accuracy) - 0.04, 4),
                training_loss=session.final_loss,
                validation_loss=round(float(session.final_loss) + 0.1, 4),
            )  # fmt: skip
            model_id = model.id
        elif end == "failed":
            session.error_message = f"sample 12 of {session.name}: too long"
            session.training_logs = f"user {session.user_id}: loss is nan"
        chats.record_usage(world, session.user_id, model_id, operation, 0, hours * 3600, moment)
        if session.user_id in plans:
            billing.book(plans[session.user_id], 0, hours * 3600)
            world.subscriptions.touch(plans[session.user_id])


def _new_model(world: World, user_id: str, moment: Any, *, is_public: bool, **values: Any) -> Any:
    model = world.add(
        schema.MODELS,
        **{
            "name": "My assistant",
            "description": f"Answers like user {user_id}",
            "user_id": user_id,
            "status": "active",
            "version": "1.0",
            "base_model": "llama-3-8b",
            "model_type": "base",
            "is_deployed": True,
            "is_public": is_public,
            "total_inferences": 0,
            "created_at": moment,
            "updated_at": moment,
        }
        | values,
    )
    operations.audit(world, moment, user_id, "model.create", "model", model.id)
    return model


def _delete_models(world: World) -> None:
    rng = world.rng("model deletions")
    for model in world.due(DELETE_MODEL, world.models):
        operations.audit(world, world.today.at(rng.uniform(0, 20000)), model.user_id, "model.delete", "model", model.id)
        world.remove_model(model)
