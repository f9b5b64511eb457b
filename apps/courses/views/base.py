"""What the views of a course's parts share: the parent in the URL, and the tree that readers are answered from."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from apps.core.http.versions import require_match
from apps.core.http.views import BaseViewSet, lookup_of
from apps.courses.models import ContentItem, Course, Module
from apps.courses.permissions import CoursePolicy, ModulePolicy, reads_all
from apps.courses.selectors import CourseTree, course_tree
from apps.courses.selectors.tree import Node
from apps.courses.services import lock_course
from apps.users.models import User


class ActorMixin(BaseViewSet):
    """Names who acts: an account, for the policies let nobody else through."""

    @property
    def actor(self) -> User:
        return cast("User", self.request.user)


class PartViewSet(ActorMixin):
    """A resource inside of a course."""

    def course_in_url(self) -> Course:
        """Return the course that the URL names by id or slug, if the actor may do the action in it."""
        queryset = CoursePolicy.visible(self.actor, Course.objects.all())
        course: Course = self.find_by(queryset, lookup_of(self.kwargs["course_id"], "slug"))
        return course

    def module_in_url(self) -> Module:
        """Return the module that the URL names, if the actor may do the action in it."""
        queryset = ModulePolicy.visible(self.actor, Module.objects.all())
        module: Module = self.find_by(queryset, lookup_of(self.kwargs["module_id"]))
        return module

    def find_by(self, queryset: QuerySet[Any], lookup: dict[str, Any]) -> Any:
        """Return the row that `lookup` finds, once the policy has agreed."""
        obj = queryset.filter(**lookup).first() if lookup else None
        if obj is None:
            raise NotFound
        self.check_object_permissions(self.request, obj)
        return obj

    def get_object(self) -> Any:
        """Return the part; when the request changes it, lock its course first, as the services do."""
        obj = super().get_object()
        if self.request.method in SAFE_METHODS:
            return obj
        lock_course(obj.course_id)
        obj = super().get_object()
        require_match(self.request, obj)
        return obj

    def tree(self, lookup: dict[str, Any], *, payload_of: Any = None) -> CourseTree:
        """Return the tree of the course that `lookup` finds.

        Raises:
            NotFound: no such course, or the actor may not know of it.
        """
        user = self.actor
        tree = None
        if lookup:
            courses = CoursePolicy.visible(user, Course.objects.filter(**lookup))
            tree = course_tree(courses, user, reads_all=reads_all(user), payload_of=payload_of)
        if tree is None:
            raise NotFound
        return tree

    def module_node(self, identifier: str) -> Node:
        """Return the module as the actor may see it."""
        lookup = lookup_of(identifier)
        tree = self.tree({"id__in": Module.objects.filter(**lookup).values("course_id")} if lookup else {})
        return _found(tree.module(lookup["id"]))

    def item_node(self, identifier: str) -> Node:
        """Return the content item as the actor may see it; what is nested under it comes without payload."""
        lookup = lookup_of(identifier)
        courses = {"id__in": ContentItem.objects.filter(**lookup).values("course_id")} if lookup else {}
        tree = self.tree(courses, payload_of=lookup.get("id"))
        return _found(tree.items.get(lookup["id"]))

    def answer_node(self, node: Node, *, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer with a node of the tree and its entity tag."""
        return Response(node, status=status_code, headers={"ETag": f'"{node["version"]}"'})


def _found(node: Node | None) -> Node:
    if node is None:
        raise NotFound
    return node


def bounded(rows: list[Any]) -> Response:
    """Answer with a list that is short by nature, in the shape of a page."""
    return Response({"count": len(rows), "next": None, "previous": None, "results": rows})
